"""The queue: JSON, no pickle; one waiting request is enough; deaf ears hurt nobody."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from pydantic import SecretStr

from cdi.settings import Settings
from cdi.worker.queue import SWEEP, JsonSerializer, add_task, make_queue, waker


@pytest.fixture
def site(database_url: str) -> Settings:
    return Settings(_env_file=None, database_url=SecretStr(database_url))


@pytest.mark.enable_socket
def test_who_wakes_a_worker_twice_is_heard_once(site: Settings) -> None:
    wake = waker(site)
    wake()
    wake()
    queue, swept = make_queue(site), []
    add_task(queue, SWEEP, lambda: swept.append(1))
    assert queue.pending_count() == 1
    task = queue.dequeue()
    assert task is not None
    queue.execute(task)
    assert swept == [1]
    assert queue.pending_count() == 0
    wake()
    assert queue.pending_count() == 1


def test_tasks_are_kept_as_json_beside_the_database(tmp_path: Path) -> None:
    url = SecretStr(f"sqlite:///{tmp_path / 'cdi.sqlite3'}")
    waker(Settings(_env_file=None, database_url=url))()
    with sqlite3.connect(tmp_path / "cdi-queue.sqlite3") as connection:
        ((data,),) = connection.execute("SELECT data FROM task").fetchall()
    connection.close()
    assert json.loads(bytes(data))[1].endswith(SWEEP)


def test_what_is_no_json_is_not_read_back() -> None:
    with pytest.raises(ValueError, match="Expecting value"):
        JsonSerializer().deserialize(b"cos\nsystem\n(S'true'\ntR.")


def test_a_queue_that_is_gone_fails_nobody(tmp_path: Path) -> None:
    folder = tmp_path / "queue"
    folder.mkdir()
    wake = waker(Settings(_env_file=None, queue_file=folder / "q.sqlite3"))
    (folder / "q.sqlite3").unlink()
    folder.rename(tmp_path / "moved")
    wake()
