"""Run by Alembic for every command: the connection comes from :mod:`cdi.storage.schema`."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection

from cdi.storage.tables import Base
from cdi.storage.tables.base import Moment, Word


def _render(kind: str, item: object, _: AutogenContext) -> str | Literal[False]:
    """Write the project's own types as what they are in the database."""
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Word):
        return "sa.String(40)"
    return False


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        # SQLite alters a table by copying it.
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        render_item=_render,
    )
    with context.begin_transaction():
        context.run_migrations()


_attributes: dict[str, Any] = context.config.attributes
_run(_attributes["connection"])
