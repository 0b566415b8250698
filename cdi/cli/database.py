"""``cdi db``: for the people who run the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from sqlalchemy import Engine

app = typer.Typer(
    help="Bring the database to this version and check it. CDI_DATABASE_URL names it.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.command("upgrade")
def upgrade() -> None:
    """Make or upgrade the tables; make the key of the audit trail where there is none."""
    from cdi.settings import settings
    from cdi.storage import schema
    from cdi.storage.opening import make_audit_key

    key = settings().audit_key_file
    if make_audit_key(key):
        typer.echo(f"Made {key}: the key of the audit trail. Keep it where the database is not.")
    engine = _engine()
    try:
        typer.echo(f"The database is at revision {schema.upgrade(engine)}.")
    finally:
        engine.dispose()


@app.command("check")
def check() -> None:
    """Tell whether the database has exactly the tables of this version; exit 1 if not."""
    from cdi.storage import schema

    engine = _engine()
    try:
        schema.check(engine)
    finally:
        engine.dispose()
    typer.echo("The database has the tables of this version.")


@app.command("reseal")
def reseal() -> None:
    """Encrypt every text anew with the first of CDI_ENCRYPTION_KEYS; may be interrupted."""
    from cdi.settings import settings
    from cdi.storage.opening import open_store
    from cdi.storage.rotation import reseal_all

    store = open_store(settings())
    try:
        typer.echo(f"{reseal_all(store)} rows sealed anew.")
    finally:
        store.close()


def _engine() -> Engine:
    from cdi.settings import settings
    from cdi.storage.engine import make_engine

    return make_engine(settings().database_url.get_secret_value())
