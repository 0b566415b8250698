"""Proving the audit trail: every link read again, faults found and named."""

from __future__ import annotations

import hmac
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdi.storage.chain import GENESIS, canonical, link
from cdi.storage.store import Store
from cdi.storage.tables.events import ChainHeadRow, EventRow

_PAGE = 5_000
_EXPORTED = (
    "number",
    "at",
    "actor_id",
    "verb",
    "subject",
    "subject_id",
    "facility_id",
    "encounter_id",
    "detail",
    "previous",
    "mac",
)


class FaultKind(StrEnum):
    """What happened to an event behind the product's back."""

    CHANGED = "changed"
    DELETED = "deleted"
    INSERTED = "inserted"
    MOVED = "moved"
    CUT_OFF = "cut off"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of the chain: what happened, at which event number, in words."""

    kind: FaultKind
    number: int
    message: str


@dataclass(frozen=True, slots=True)
class Proof:
    """The result of reading the chain: its length, its last link, and its faults."""

    events: int
    last: str
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class _Link:
    number: int
    previous: str
    mac: str
    genuine: bool


def verify(store: Store) -> Proof:
    """Read the whole chain, a page at a time, and tell what was done to it.

    What was cut off at the end together with the head shows only against an anchor
    (:mod:`cdi.storage.anchor`), which is why anchors are kept elsewhere.
    """
    with store.reading() as session:
        head = session.scalars(select(ChainHeadRow)).one_or_none()
        reader = _ChainReader(head.number if head else 0)
        for row in events(session):
            genuine = hmac.compare_digest(link(store.audit_key, row), row.mac)
            reader.read(_Link(row.number, row.previous, row.mac, genuine))
        reader.finish()
        faults = [*reader.faults, *_misplaced(session, reader.strays)]
    faults += _head_faults(head, reader.number, reader.last)
    return Proof(reader.count, reader.last, tuple(sorted(faults, key=lambda fault: fault.number)))


def events_after(
    session: Session, facility_ids: Collection[str], after: int, limit: int
) -> list[EventRow]:
    """Return the events of some facilities after a number, in the order of their numbers."""
    statement = select(EventRow).where(
        EventRow.facility_id.in_(facility_ids), EventRow.number > after
    )
    return list(session.scalars(statement.order_by(EventRow.number).limit(limit)))


def count_events(session: Session) -> int:
    """Return the length of the chain, as its head tells."""
    head = session.scalars(select(ChainHeadRow)).one_or_none()
    return head.number if head else 0


def events(session: Session, after: int = 0) -> Iterator[EventRow]:
    """Yield the events after a number, in the order of their numbers, a page at a time."""
    while True:
        statement = select(EventRow).where(EventRow.number > after).order_by(EventRow.number)
        page = session.scalars(statement.limit(_PAGE)).all()
        if not page:
            return
        yield from page
        after = page[-1].number
        for row in page:
            session.expunge(row)


def export_lines(store: Store, after: int = 0) -> Iterator[str]:
    """Yield the events after a number as JSON lines with their links."""
    with store.reading() as session:
        for row in events(session, after):
            yield export_line(row)


def export_line(row: EventRow) -> str:
    """Return an event as one line of JSON with its links."""
    values = {name: getattr(row, name) for name in _EXPORTED}
    return canonical({**values, "at": row.at.isoformat(), "detail": json.loads(row.detail)})


class _ChainReader:
    """Follows the chain from link to link with constant memory, setting strays aside."""

    def __init__(self, head: int) -> None:
        self.count, self.number, self.last = 0, 0, GENESIS
        self.faults: list[Fault] = []
        self.strays: list[tuple[_Link, int]] = []
        self._head = head
        self._forged: list[_Link] = []

    def read(self, here: _Link) -> None:
        """Take the next link."""
        self.count += 1
        if not here.genuine:
            self._forged.append(here)
            return
        if self._forged:
            replaced = here.previous != self.last
            self._judge(self._forged, replaced=replaced)
            # Where they were changed, the chain went through what they were when written.
            self.number, self.last = self._forged[-1].number, here.previous
            self._forged.clear()
        if here.previous != self.last:
            self.strays.append((here, self.number))
        elif here.number != self.number + 1:
            text = f"event {here.number} was written as event {self.number + 1}"
            self.faults.append(Fault(FaultKind.MOVED, here.number, text))
        self.number, self.last = here.number, here.mac

    def finish(self) -> None:
        """Judge what stands at the end, where no genuine event follows."""
        for forged in self._forged:
            self._judge([forged], replaced=forged.number <= self._head)
            self.number, self.last = forged.number, forged.mac
        self._forged.clear()

    def _judge(self, forged: list[_Link], *, replaced: bool) -> None:
        """Call forged events changed if the chain needs something there, else inserted."""
        kind = FaultKind.CHANGED if replaced else FaultKind.INSERTED
        tail = "is not as it was written" if replaced else "was not written by this system"
        for one in forged:
            self.faults.append(Fault(kind, one.number, f"event {one.number} {tail}"))


def _misplaced(session: Session, strays: list[tuple[_Link, int]]) -> Iterator[Fault]:
    """Tell of each event that does not follow the one before whether it moved or that is gone."""
    by_number = {stray.number: stray for stray, _ in strays}
    for stray, before in strays:
        written_as = _written_as(session, stray, by_number)
        if written_as is None:
            first, last = before + 1, stray.number - 1
            which = f"event {first} is" if first >= last else f"events {first} to {last} are"
            text = f"{which} missing" if last >= first else f"one before event {first} is missing"
            yield Fault(FaultKind.DELETED, first, text)
        elif written_as != stray.number:
            text = f"event {stray.number} was written as event {written_as}"
            yield Fault(FaultKind.MOVED, stray.number, text)


def _written_as(session: Session, stray: _Link, strays: dict[int, _Link]) -> int | None:
    """Return the number an event had when written: one more than what it was chained to."""
    steps, here = 1, stray
    while True:
        if here.previous == GENESIS:
            return steps
        statement = select(EventRow.number).where(EventRow.mac == here.previous)
        number = session.scalars(statement.limit(1)).one_or_none()
        if number is None:
            return None
        if number not in strays or steps > len(strays):
            return number + steps
        here, steps = strays[number], steps + 1


def _head_faults(head: ChainHeadRow | None, number: int, last: str) -> list[Fault]:
    if head is None:
        return [Fault(FaultKind.CUT_OFF, number, "the head of the chain is missing")]
    if head.number > number:
        text = f"events {number + 1} to {head.number} are missing at the end"
        return [Fault(FaultKind.CUT_OFF, number + 1, text)]
    if head.number == number and head.mac != last:
        return [Fault(FaultKind.CUT_OFF, number, "the head of the chain does not fit its end")]
    return []
