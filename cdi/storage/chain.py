"""The audit chain: what a link is made of and how events are appended."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from cdi.errors import StorageError
from cdi.storage.tables.events import EventRow

GENESIS = "0" * 64
_PENDING = "pending_events"
_HEAD, _EVENTS = (EventRow.metadata.tables[name] for name in ("chain_head", "events"))
_LOCKED_HEAD = select(_HEAD.c.number, _HEAD.c.mac).with_for_update()
_APPEND, _MOVE_HEAD = insert(_EVENTS), update(_HEAD)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing done or seen.

    Attributes:
        verb: ``<what>.<verb>``, for example "query.send".
        subject, subject_id: what it was done to ("query", its id).
        detail: ids, codes, versions and hashes; never words of the record.
    """

    at: datetime
    actor_id: str
    verb: str
    subject: str
    subject_id: str
    facility_id: str | None = None
    encounter_id: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


def canonical(value: object) -> str:
    """Return JSON that is the same for the same value: sorted, without blanks, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def link(key: bytes, row: EventRow) -> str:
    """Return the HMAC-SHA256 of an event and the link before it.

    The number is left out: it follows from the place in the chain, and a row that was moved can
    so be recognised as what it is.
    """
    parts = [
        row.previous,
        row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        row.actor_id,
        row.verb,
        row.subject,
        row.subject_id,
        row.facility_id,
        row.encounter_id,
        row.detail,
    ]
    return hmac.new(key, canonical(parts).encode(), sha256).hexdigest()


def record(session: Session, event: Event) -> None:
    """Note an event; it is appended when the transaction commits, and not at all if it fails.

    Appending last keeps the lock on the head of the chain for the shortest time and, taken in
    one order by everybody, out of every deadlock.
    """
    session.info.setdefault(_PENDING, []).append(event)


def append_pending(session: Session, key: bytes) -> None:
    """Append the events noted in this transaction.

    Raises:
        StorageError: the database has no head of chain: it was never upgraded.
    """
    pending = take_pending(session)
    if not pending:
        return
    # As plain rows: while the head is locked everybody else waits.
    head = session.execute(_LOCKED_HEAD).one_or_none()
    if head is None:
        raise StorageError("the audit chain has no head; run: cdi db upgrade")
    number, previous = head
    rows = []
    for event in pending:
        number += 1
        row = _row(event, number, previous)
        row["mac"] = previous = link(key, EventRow(**row))
        rows.append(row)
    session.execute(_APPEND, rows)
    session.execute(_MOVE_HEAD, {"number": number, "mac": previous})


def take_pending(session: Session) -> list[Event]:
    """Return the events noted in a transaction, which does not append them then."""
    pending: list[Event] = session.info.pop(_PENDING, [])
    return pending


def _row(event: Event, number: int, previous: str) -> dict[str, Any]:
    return {
        "number": number,
        "at": event.at,
        "actor_id": event.actor_id,
        "verb": event.verb,
        "subject": event.subject,
        "subject_id": event.subject_id,
        "facility_id": event.facility_id,
        "encounter_id": event.encounter_id,
        "detail": canonical(dict(event.detail)),
        "previous": previous,
    }
