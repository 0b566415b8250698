"""The queue: in a file of its own beside SQLite, in the database with PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from typing import Any

from huey import Huey, PostgresHuey, SqliteHuey
from huey.registry import Message
from huey.serializer import Serializer

from cdi.logs import get_log
from cdi.settings import Settings
from cdi.storage.engine import connection_arguments, database_file

log = get_log("worker")

SWEEP = "sweep"
_NAME = "cdi"


class JsonSerializer(Serializer):  # type: ignore[misc]
    """Keeps tasks as JSON: what is read back from a queue must never be able to run (pickle)."""

    def _serialize(self, data: Any) -> bytes:
        return json.dumps(list(data) if isinstance(data, Message) else data).encode()

    def _deserialize(self, data: bytes) -> Any:
        value = json.loads(bytes(data))
        return Message(*value) if isinstance(value, list) else value


def make_queue(settings: Settings) -> Huey:
    """Return the queue of a site; its tables are made where they are missing.

    Raises:
        SettingError: the database is of a kind that is not supported.
    """
    url = settings.database_url.get_secret_value()
    options: dict[str, Any] = {"results": False, "serializer": JsonSerializer(), "utc": True}
    file = database_file(url)
    if file is None:
        return PostgresHuey(_NAME, **connection_arguments(url), **options)
    return SqliteHuey(_NAME, filename=str(settings.queue_file or _beside(file)), **options)


def add_task(queue: Huey, name: str, job: Callable[[], None]) -> Callable[[], object]:
    """Teach a queue a task and return what asks for it; both ends know it by its name."""

    def run() -> None:
        job()

    task: Callable[[], object] = queue.task(name=name)(run)
    return task


class Waker:
    """Wakes the worker: asks for a sweep, unless one is asked for already.

    Asking is done by a thread of its own, so that no request waits for the queue and one
    connection to it is enough. It never fails: the next periodic sweep finds whatever was not
    heard.

    Args:
        settings: where the queue is.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._asked, self._ended = Event(), Event()
        self._thread = Thread(target=self._run, name="waker", daemon=True)
        self._thread.start()

    def __call__(self) -> None:
        """Ask for a sweep; returns at once."""
        self._asked.set()

    def close(self) -> None:
        """End the thread and its connection; what was asked for before is still asked."""
        self._ended.set()
        self._asked.set()
        self._thread.join()

    def _run(self) -> None:
        queue: Huey | None = None
        ask: Callable[[], object] = _nothing
        ended = False
        while not ended:
            self._asked.wait()
            self._asked.clear()
            ended = self._ended.is_set()
            try:
                if queue is None:
                    queue = make_queue(self._settings)
                    ask = add_task(queue, SWEEP, _nothing)
                if queue.pending_count() == 0:
                    ask()
            except Exception as error:
                log.warning("worker not woken", error=type(error).__name__)
        if queue is not None:
            queue.storage.close()


def _nothing() -> None:
    """What a process does that only asks for sweeps."""


def _beside(file: str) -> Path:
    path = Path(file)
    return path.with_name(f"{path.stem}-queue{path.suffix}")
