"""The queue: in a file of its own beside SQLite, in the database with PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
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


def waker(settings: Settings) -> Callable[[], None]:
    """Return what wakes the worker: asks for a sweep, unless one is asked for already.

    It never fails: the next periodic sweep finds whatever was not heard.

    Raises:
        SettingError: the database is of a kind that is not supported.
    """
    queue = make_queue(settings)
    ask = add_task(queue, SWEEP, _nothing)

    def wake() -> None:
        try:
            if queue.pending_count() == 0:
                ask()
        except Exception as error:
            log.warning("worker not woken", error=type(error).__name__)

    return wake


def _nothing() -> None:
    """What a process does that only asks for sweeps."""


def _beside(file: str) -> Path:
    path = Path(file)
    return path.with_name(f"{path.stem}-queue{path.suffix}")
