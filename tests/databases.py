"""A migrated database of its own for each test, on SQLite and on PostgreSQL.

``CDI_TEST_POSTGRESQL`` names a server on which databases may be created. Where none answers, the
PostgreSQL half is skipped, but fails where ``CI`` is set.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url, text
from sqlalchemy.exc import OperationalError

from cdi.storage.chain import GENESIS
from cdi.storage.engine import make_engine
from cdi.storage.schema import upgrade
from cdi.storage.store import Store
from cdi.storage.tables import Base, new_id
from cdi.storage.vault import Vault

SERVER = os.environ.get(
    "CDI_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)
AUDIT_KEY = b"a key for tests, kept out of it!"
VAULT = Vault({"first": b"1" * 32}, "first")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("databases") / "template.sqlite3"
    engine = make_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_template() -> Iterator[str]:
    """The name of a migrated PostgreSQL database to copy."""
    name = f"cdi_test_{new_id()}"
    try:
        administer(f"CREATE DATABASE {name}")
    except OperationalError as error:
        reason = f"no PostgreSQL at {make_url(SERVER).render_as_string(hide_password=True)}"
        if os.environ.get("CI"):
            pytest.fail(f"{reason}: {type(error.orig).__name__}")
        pytest.skip(reason)
    engine = make_engine(url_of(name))
    upgrade(engine)
    engine.dispose()
    yield name
    administer(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgresql_emptied(postgresql_template: str) -> Iterator[Engine]:
    """One PostgreSQL database for all tests that leave its tables as they are."""
    name = f"{postgresql_template}_tests"
    administer(f"CREATE DATABASE {name} TEMPLATE {postgresql_template}")
    engine = make_engine(url_of(name))
    yield engine
    engine.dispose()
    administer(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated, empty database, copied for a test that changes its tables."""
    if request.param == "sqlite":
        path = tmp_path / "cdi.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    template = request.getfixturevalue("postgresql_template")
    name = f"cdi_test_{new_id()}"
    administer(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield url_of(name)
    administer(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def older_database(
    request: pytest.FixtureRequest, tmp_path: Path, revision: str
) -> Iterator[Engine]:
    """An empty database at an earlier revision, of the kind that ``request.param`` names."""
    name = f"cdi_test_{new_id()}"
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/before.sqlite3"
    else:
        request.getfixturevalue("postgresql_template")
        administer(f"CREATE DATABASE {name}")
        url = url_of(name)
    engine = make_engine(url)
    upgrade(engine, revision)
    yield engine
    engine.dispose()
    if request.param == "postgresql":
        administer(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store over an empty database, with encryption on."""
    if request.param == "sqlite":
        path = tmp_path / "cdi.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        url = f"sqlite:///{path}"
    else:
        engine = request.getfixturevalue("postgresql_emptied")
        empty(engine)
        url = engine.url.render_as_string(hide_password=False)
    opened = Store(make_engine(url), AUDIT_KEY, VAULT)
    yield opened
    opened.close()


def empty(engine: Engine) -> None:
    """Delete every row of a PostgreSQL database, the audit trail too, and start its chain anew."""
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        # TRUNCATE would write a new file for each table and index: seconds, not milliseconds.
        for table in Base.metadata.tables:
            connection.execute(text(f"DELETE FROM {table}"))
        connection.execute(
            text("INSERT INTO chain_head (id, number, mac) VALUES (1, 0, :mac)"), {"mac": GENESIS}
        )


def url_of(name: str) -> str:
    """Return the URL of a database on the test server."""
    url = make_url(SERVER).set(database=name)
    # Tests lose nothing if the machine does: no waiting for the disk at each commit.
    url = url.update_query_dict({"options": "-c synchronous_commit=off"})
    return url.render_as_string(hide_password=False)


def administer(statement: str) -> None:
    """Run a statement that creates or drops a database."""
    engine = make_engine(SERVER)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
    engine.dispose()


def tamper(engine: Engine, *statements: str) -> None:
    """Change a database as an administrator could: with the triggers out of the way."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            for name in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS events_no_{name}"))
        else:
            connection.execute(text("ALTER TABLE events DISABLE TRIGGER ALL"))
        for statement in statements:
            connection.execute(text(statement))
        connection.commit()
