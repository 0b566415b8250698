"""Events of looks: those that wait at the same time are appended in one transaction.

Each append locks the head of the audit chain until the disk has it. People who look at once would
stand in line for that, one flush each; so whoever comes first writes for all who have come by the
time it is their turn, as databases do with commits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock

from cdi.errors import StorageError
from cdi.storage.chain import Event


@dataclass(slots=True)
class _Batch:
    """Events that go together, and whether they are written."""

    events: list[Event] = field(default_factory=list)
    written: Future[None] = field(default_factory=Future)


class Looks:
    """Where the looks of one process wait until their events are committed.

    Args:
        write: appends events in one transaction, or fails and appends none.
    """

    def __init__(self, write: Callable[[Sequence[Event]], None]) -> None:
        self._write = write
        self._turn, self._guard = Lock(), Lock()
        self._gathering: _Batch | None = None

    def append(self, events: Sequence[Event]) -> None:
        """Return when the events are committed.

        Raises:
            StorageError: they are not, nor are those that were to be written with them.
        """
        with self._guard:
            leads = self._gathering is None
            batch = self._gathering = self._gathering or _Batch()
            batch.events += events
        if leads:
            self._write_when_due(batch)
        error = batch.written.exception()
        if error is not None:
            raise StorageError("database: the look could not be noted") from error

    def _write_when_due(self, batch: _Batch) -> None:
        with self._turn:
            with self._guard:
                self._gathering = None  # who comes from now on is of the next batch
            try:
                self._write(batch.events)
            except BaseException as error:
                batch.written.set_exception(error)
                if not isinstance(error, Exception):
                    raise
            else:
                batch.written.set_result(None)
