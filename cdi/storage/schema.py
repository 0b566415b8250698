"""Bringing a database to the tables of this version, and telling whether it has them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from cdi.errors import StorageError
from cdi.storage.engine import WRITES
from cdi.storage.tables import Base

_SCRIPTS = Path(__file__).parent / "migrations"
# With PostgreSQL the queue of background work keeps its own tables beside ours.
_QUEUE = "huey_"


def upgrade(engine: Engine, revision: str = "head") -> str:
    """Bring the database to a revision, in one transaction; return the one it has then."""
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        command.upgrade(_config(connection), revision)
        return MigrationContext.configure(connection).get_current_revision() or ""


def check(engine: Engine) -> None:
    """Make sure the database has exactly the tables of this version.

    Raises:
        StorageError: it is of another revision, or its tables were changed by hand; tells what
            to do.
    """
    check_revision(engine)
    with engine.connect() as connection:
        options = {"compare_type": True, "include_name": _is_ours}
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, Base.metadata)
    if differences:
        raise StorageError(f"{len(differences)} differences between the tables and this version")


def check_revision(engine: Engine) -> None:
    """Make sure the database is of the revision of this version, without a look at its tables.

    Raises:
        StorageError: it is not; tells what to do.
    """
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    wanted = _newest_revision()
    if current != wanted:
        raise StorageError(
            f"the database is at revision {current or 'none'}, this version needs {wanted}; "
            "run: cdi db upgrade"
        )


@lru_cache(maxsize=1)
def _newest_revision() -> str | None:
    return ScriptDirectory(str(_SCRIPTS)).get_current_head()


def make_revision(engine: Engine, message: str, number: str) -> None:
    """Write the next migration from the difference between database and tables (developers)."""
    with engine.connect() as connection:
        command.revision(_config(connection), message, autogenerate=True, rev_id=number)


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return not (kind == "table" and name is not None and name.startswith(_QUEUE))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
