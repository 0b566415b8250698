"""Looks: each has its event before anything is shown, and those at the same time share a commit."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event as Signal

import pytest
from sqlalchemy import select, text

from cdi.errors import NotFound, StorageError
from cdi.storage.audit import verify
from cdi.storage.chain import Event, record
from cdi.storage.looks import Looks
from cdi.storage.store import Store
from cdi.storage.tables import EventRow, FacilityRow

NOW = datetime(2026, 6, 3, 9, tzinfo=UTC)


def event(subject_id: str) -> Event:
    return Event(NOW, "sam", "query.read", "query", subject_id)


def look(store: Store, subject_id: str) -> list[str]:
    """Look at all facilities; return what is shown, once it may be."""
    with store.looking() as session:
        shown = [row.code for row in session.scalars(select(FacilityRow))]
        record(session, event(subject_id))
    return shown


def noted(store: Store) -> list[str]:
    with store.reading() as session:
        return list(session.scalars(select(EventRow.subject_id).order_by(EventRow.number)))


class Disk:
    """Keeps what is written together, once it is let; fails where it is told to."""

    def __init__(self) -> None:
        self.begun, self.free = Signal(), Signal()
        self.written: list[list[str]] = []
        self.full = False

    def write(self, events: Sequence[Event]) -> None:
        self.begun.set()
        assert self.free.wait(30)
        if self.full:
            raise OSError
        self.written.append(sorted(one.subject_id for one in events))


def append_at_once(disk: Disk, count: int) -> list[BaseException | None]:
    """Append while a first one is being written; return what each of all ended with."""
    looks = Looks(disk.write)
    with ThreadPoolExecutor(count) as pool:
        first = pool.submit(looks.append, [event("0")])
        assert disk.begun.wait(30)
        others = [pool.submit(looks.append, [event(str(n))]) for n in range(1, count)]
        gathering = looks._gathering
        while gathering is None or len(gathering.events) < count - 1:
            gathering = looks._gathering
        disk.free.set()
        return [one.exception(30) for one in (first, *others)]


def test_those_who_wait_are_written_together() -> None:
    disk = Disk()
    assert append_at_once(disk, 6) == [None] * 6
    assert disk.written == [["0"], ["1", "2", "3", "4", "5"]]


def test_what_could_not_be_written_is_told_to_everybody_who_waited() -> None:
    disk = Disk()
    disk.full = True
    errors = append_at_once(disk, 4)
    assert [str(error) for error in errors] == ["database: the look could not be noted"] * 4
    assert disk.written == []


def test_after_a_failure_the_next_are_written() -> None:
    disk = Disk()
    disk.full = True
    disk.free.set()
    looks = Looks(disk.write)
    with pytest.raises(StorageError):
        looks.append([event("1")])
    disk.full = False
    looks.append([event("2")])
    assert disk.written == [["2"]]


def test_every_look_of_many_has_its_event_and_the_chain_holds(store: Store) -> None:
    with store.writing() as session:
        session.add(FacilityRow(code="A", name="A"))

    def work(user: int) -> None:
        for number in range(12):
            assert look(store, f"{user} {number}") == ["A"]
            assert f"{user} {number}" in noted(store)

    def change(number: int) -> None:
        with store.writing() as session:
            record(session, event(f"change {number}"))

    with ThreadPoolExecutor(10) as pool:
        done = [pool.submit(work, user) for user in range(8)]
        done += [pool.submit(change, number) for number in range(20)]
        for one in done:
            one.result()
    assert len(noted(store)) == len(set(noted(store))) == 8 * 12 + 20
    assert verify(store).faults == ()


def test_a_look_that_is_refused_is_no_event(store: Store) -> None:
    def refused() -> None:
        with store.looking() as session:
            record(session, event("1"))
            raise NotFound("there is no such thing")

    with pytest.raises(NotFound):
        refused()
    assert noted(store) == []


def test_a_look_that_cannot_be_noted_shows_nothing(store: Store) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("DELETE FROM chain_head"))
    with pytest.raises(StorageError, match="could not be noted"):
        look(store, "1")
    assert noted(store) == []


def test_nothing_changed_in_a_look_is_kept(store: Store) -> None:
    with store.looking() as session:
        session.add(FacilityRow(code="A", name="General"))
        session.flush()
        record(session, event("1"))
    assert look(store, "2") == []
