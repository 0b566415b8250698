"""The inbox: every message that was answered, once, until it is applied and after."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice

from sqlalchemy import Select, func, select, tuple_, update
from sqlalchemy.orm import Session, defer

from cdi.storage.tables import InboxRow, InboxState

_ROWS_AT_ONCE = 200


class Kept(StrEnum):
    """What became of a message that was given to the inbox."""

    NEW = "new"
    REPEATED = "repeated"
    CLASHING = "clashing"
    """Its sender and control id are those of another message, which is kept; this one is not."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message to keep.

    Attributes:
        sender, control_id: tell a repetition.
        kind: type and event.
        visit: the number of the visit.
        content: the text; sealed where keys are configured.
        digest: of the content, keyed.
        received_at: when it came.
    """

    sender: str
    control_id: str
    kind: str
    visit: str
    content: str
    digest: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class RefusedMessage:
    """A message that was answered AE or AR, without its content."""

    id: str
    received_at: datetime
    sender: str
    control_id: str
    kind: str
    answer: str
    field: str
    reason: str


class Inbox:
    """The inbox within one transaction that writes: what is known of some messages, and new ones.

    Args:
        session: of the transaction.
        messages: all that will be kept in it; they are looked up at once.
    """

    def __init__(self, session: Session, messages: Iterable[Incoming]) -> None:
        self._session = session
        names = {(message.sender, name) for message in messages for name in _names(message)}
        key = tuple_(InboxRow.sender, InboxRow.control_id)
        # The texts of repeated messages are megabytes that nobody needs here.
        rows = session.scalars(
            select(InboxRow).where(key.in_(sorted(names))).options(defer(InboxRow.content_sealed))
        )
        self._known = {(row.sender, row.control_id): row for row in rows}

    def keep(self, message: Incoming) -> Kept:
        """Keep a good message, unless it is there already.

        A message that was refused before and now comes mended under the same control id takes
        the place of the refused one.
        """
        known = self._known.get((message.sender, message.control_id))
        if known is None:
            self._add(message, message.control_id)
            return Kept.NEW
        if known.state is InboxState.REFUSED:
            known.state, known.answer, known.field, known.error = InboxState.RECEIVED, "AA", "", ""
            known.kind, known.visit = message.kind, message.visit
            known.content, known.content_hash = message.content, message.digest
            known.received_at = message.received_at
            return Kept.NEW
        return Kept.REPEATED if known.content_hash == message.digest else Kept.CLASHING

    def refuse(self, message: Incoming, *, answer: str, field: str, reason: str) -> None:
        """Keep a message that is refused, so that the operator finds it.

        Under a control id that is taken, the hash of the message stands in for it: nothing that
        was acknowledged is ever overwritten.
        """
        for name in _names(message):
            known = self._known.get((message.sender, name))
            if known is None:
                row = self._add(message, name)
                row.state, row.answer = InboxState.REFUSED, answer
                row.field, row.error = field[:80], reason[:200]
                return
            if known.content_hash == message.digest:
                return  # refused before, and the sender tried again

    def _add(self, message: Incoming, name: str) -> InboxRow:
        row = InboxRow(
            sender=message.sender,
            control_id=name,
            kind=message.kind,
            visit=message.visit,
            content_hash=message.digest,
            received_at=message.received_at,
        )
        row.content = message.content
        self._session.add(row)
        self._known[message.sender, name] = row
        return row


def _names(message: Incoming) -> list[str]:
    """Return the names a message may be kept under: its control id, else its hash."""
    return [name for name in (message.control_id, message.digest) if name]


def refused_messages(session: Session) -> list[RefusedMessage]:
    """Return the refused messages, oldest first."""
    rows = session.scalars(
        select(InboxRow).where(InboxRow.state == InboxState.REFUSED).order_by(InboxRow.id)
    )
    return [
        RefusedMessage(
            row.id,
            row.received_at,
            row.sender,
            row.control_id,
            row.kind,
            row.answer,
            row.field,
            row.error,
        )
        for row in rows
    ]


def count_messages(session: Session) -> dict[InboxState, int]:
    """Return how many messages are in each state."""
    rows = session.execute(select(InboxRow.state, func.count()).group_by(InboxRow.state))
    return {row[0]: row[1] for row in rows}


def waiting_visits(session: Session) -> list[str]:
    """Return the visits with messages that were not applied yet."""
    rows = session.scalars(
        select(InboxRow.visit).where(InboxRow.state == InboxState.RECEIVED).distinct()
    )
    return sorted(rows)


def all_visits(session: Session) -> list[str]:
    """Return the visits of all good messages."""
    rows = session.scalars(
        select(InboxRow.visit).where(InboxRow.state != InboxState.REFUSED).distinct()
    )
    return sorted(rows)


def contents_of_visit(session: Session, visit: str) -> Iterator[str]:
    """Yield the text of each good message of a visit in the order received."""
    for row in session.scalars(_of_visit(visit).execution_options(yield_per=_ROWS_AT_ONCE)):
        yield row.content


def messages_of_visit(session: Session, visit: str) -> dict[str, str]:
    """Return the text of each good message of a visit by its id, in the order received."""
    return {row.id: row.content for row in session.scalars(_of_visit(visit))}


def mark_applied(
    session: Session, messages: Collection[str], encounter_id: str, at: datetime
) -> None:
    """Mark messages as applied to an encounter, by their ids."""
    waiting = update(InboxRow).where(InboxRow.state == InboxState.RECEIVED)
    for ids in _batched(messages, _ROWS_AT_ONCE):
        session.execute(
            waiting.where(InboxRow.id.in_(ids)).values(
                state=InboxState.APPLIED, encounter_id=encounter_id, applied_at=at
            )
        )


def _batched(items: Iterable[str], size: int) -> Iterator[list[str]]:
    """Yield lists of up to so many items."""
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part


def _of_visit(visit: str) -> Select[InboxRow]:
    return (
        select(InboxRow)
        .where(InboxRow.visit == visit, InboxRow.state != InboxState.REFUSED)
        .order_by(InboxRow.received_at, InboxRow.id)
    )
