"""Migrations bring an empty database to the tables, and a check tells when it has others."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect, text

from cdi.errors import StorageError
from cdi.storage.engine import make_engine
from cdi.storage.schema import check, upgrade
from cdi.storage.store import Store
from cdi.storage.tables import Base


def test_a_migrated_database_has_the_tables_of_this_version(store: Store) -> None:
    check(store.engine)


def test_upgrading_twice_changes_nothing(store: Store) -> None:
    assert upgrade(store.engine) == upgrade(store.engine)
    check(store.engine)


def test_the_migrations_make_every_table(store: Store) -> None:
    # A test before this one may have had a worker, whose queue makes tables of its own.
    names = inspect(store.engine).get_table_names()
    made = {name for name in names if not name.startswith("huey_")}
    assert made == {*Base.metadata.tables, "alembic_version"}


def test_every_reference_names_what_it_refers_to(store: Store) -> None:
    with store.engine.connect() as connection:
        for table in Base.metadata.tables:
            for key in inspect(connection).get_foreign_keys(table):
                assert key["referred_table"] in Base.metadata.tables


def test_a_database_without_tables_is_refused_with_the_command_to_run(tmp_path: object) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/empty.sqlite3")
    with pytest.raises(StorageError, match=r"revision none.*run: cdi db upgrade"):
        check(engine)
    engine.dispose()


def test_a_column_added_by_hand_is_noticed(database_url: str) -> None:
    engine = make_engine(database_url)
    with engine.connect() as connection:
        connection.execute(text("ALTER TABLE facilities ADD COLUMN colour VARCHAR(9)"))
        connection.commit()
    with pytest.raises(StorageError, match="1 difference"):
        check(engine)
    engine.dispose()


def test_an_index_dropped_by_hand_is_noticed(database_url: str) -> None:
    engine = make_engine(database_url)
    with engine.connect() as connection:
        connection.execute(text("DROP INDEX ix_queries_worklist"))
        connection.commit()
    with pytest.raises(StorageError, match="1 difference"):
        check(engine)
    engine.dispose()
