"""Engines: SQLite as the embedded database, PostgreSQL as the real one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from cdi.errors import SettingError

# Waiting longer for another writer means something is stuck, and the caller should know.
BUSY_SECONDS = 15
WRITES = "cdi_writes"


def make_engine(url: str, *, pool_size: int = 5, flush: bool = False) -> Engine:
    """Return an engine for a database URL.

    Args:
        url: ``sqlite:///file`` or ``postgresql+psycopg://…``.
        pool_size: connections kept open; as many again may be opened under load.
        flush: whether a commit waits for the disk on SQLite too, so that it outlives a power cut
            and not only a crash of the process. PostgreSQL always waits.

    Raises:
        SettingError: the URL is of another kind; its parts are not shown, it may hold a password.
    """
    try:
        backend = make_url(url).get_backend_name()
    except ArgumentError:
        raise SettingError("database_url: not a database URL") from None
    options: dict[str, Any] = {"pool_size": pool_size, "max_overflow": pool_size}
    # Parameters are the record of a patient: they stay out of error messages and logs.
    options["hide_parameters"] = True
    if backend == "sqlite":
        engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, **options)
        _prepare_sqlite(engine, flush)
        return engine
    if backend == "postgresql":
        # The connection used last comes first: what it prepared and read is at hand there.
        engine = create_engine(url, pool_pre_ping=True, pool_use_lifo=True, **options)
        event.listen(engine, "connect", _prepare_postgresql)
        return engine
    raise SettingError(f"database_url: {backend} is not supported, only sqlite and postgresql")


def database_file(url: str) -> str | None:
    """Return the file of an SQLite URL, None for another database."""
    parts = make_url(url)
    return parts.database if parts.get_backend_name() == "sqlite" else None


def connection_arguments(url: str) -> dict[str, Any]:
    """Return a PostgreSQL URL as the arguments that the driver itself takes."""
    parts = make_url(url)
    return dict(parts.get_dialect()().create_connect_args(parts)[1])


def _prepare_postgresql(connection: Any, _record: object) -> None:
    """Have no statement compiled: that takes longer than any statement of the desk runs."""
    with connection.cursor() as cursor:
        cursor.execute("SET jit = off")
    connection.commit()


def _prepare_sqlite(engine: Engine, flush: bool) -> None:
    """Let readers and one writer work at once, keep references honest, and queue writers.

    A transaction that first reads and then writes would fail at the write if another wrote
    meanwhile; writers therefore take their turn at the start (BEGIN IMMEDIATE).
    """

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _: object) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself
        synchronous = f"synchronous = {'FULL' if flush else 'NORMAL'}"
        for pragma in ("journal_mode = WAL", synchronous, "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
