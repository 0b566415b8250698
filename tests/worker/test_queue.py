"""The queue: JSON, no pickle; one waiting request is enough; deaf ears hurt nobody."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr

from cdi.settings import Settings
from cdi.storage.engine import make_engine
from cdi.storage.schema import check
from cdi.worker.queue import SWEEP, JsonSerializer, Waker, add_task, make_queue


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Settings:
    return Settings(_env_file=None, database_url=SecretStr(database_url))


@pytest.mark.enable_socket
def test_who_wakes_a_worker_twice_is_heard_once(site: Settings) -> None:
    swept: list[int] = []
    queue = make_queue(site)
    with closing(queue.storage):
        add_task(queue, SWEEP, lambda: swept.append(1))
        for _ in range(2):
            with closing(Waker(site)) as wake:
                wake()
        assert queue.pending_count() == 1
        task = queue.dequeue()
        assert task is not None
        queue.execute(task)
        assert swept == [1]
        assert queue.pending_count() == 0
        with closing(Waker(site)) as wake:
            wake()
        assert queue.pending_count() == 1


@pytest.mark.enable_socket
def test_the_tables_of_the_queue_are_no_difference_to_this_version(site: Settings) -> None:
    with closing(make_queue(site).storage):
        engine = make_engine(site.database_url.get_secret_value())
        check(engine)
        engine.dispose()


def test_tasks_are_kept_as_json_beside_the_database(tmp_path: Path) -> None:
    url = SecretStr(f"sqlite:///{tmp_path / 'cdi.sqlite3'}")
    with closing(Waker(Settings(_env_file=None, database_url=url))) as wake:
        wake()
    with closing(sqlite3.connect(tmp_path / "cdi-queue.sqlite3")) as connection:
        ((data,),) = connection.execute("SELECT data FROM task").fetchall()
    assert json.loads(bytes(data))[1].endswith(SWEEP)


def test_what_is_no_json_is_not_read_back() -> None:
    with pytest.raises(ValueError, match="Expecting value"):
        JsonSerializer().deserialize(b"cos\nsystem\n(S'true'\ntR.")


def test_a_queue_that_is_gone_fails_nobody(tmp_path: Path) -> None:
    nowhere = tmp_path / "missing" / "queue.sqlite3"
    with closing(Waker(Settings(_env_file=None, queue_file=nowhere))) as wake:
        wake()
