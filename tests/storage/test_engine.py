"""Engines: which databases are accepted, and how SQLite is made fit for several at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from cdi.errors import SettingError
from cdi.storage.engine import WRITES, make_engine


@pytest.mark.parametrize("url", ["mysql://u:secret@h/d", "no url at all", ""])
def test_other_databases_are_refused_without_showing_the_url(url: str) -> None:
    with pytest.raises(SettingError) as caught:
        make_engine(url)
    assert "secret" not in str(caught.value)


def test_sqlite_keeps_references_and_lets_readers_read_while_one_writes(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/a.sqlite3")
    with engine.connect() as connection:
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA busy_timeout")) == 15_000
    engine.dispose()


def test_a_writer_on_sqlite_holds_its_place_before_it_writes(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/a.sqlite3")
    with engine.execution_options(**{WRITES: True}).begin(), engine.connect() as other:
        other.exec_driver_sql("PRAGMA busy_timeout = 0")
        other.rollback()
        with pytest.raises(Exception, match="database is locked"):
            other.execution_options(**{WRITES: True}).execute(text("SELECT 1"))
    engine.dispose()


def test_postgresql_compiles_no_statement(postgresql_emptied: Engine) -> None:
    with postgresql_emptied.connect() as connection:
        assert connection.scalar(text("SHOW jit")) == "off"
