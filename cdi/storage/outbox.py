"""The outbox: leased to one worker at a time, delivered at least once."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from cdi.storage.tables import DeliveryRow, DeliveryState
from cdi.storage.tables.deliveries import UNDELIVERED

# After the last attempt a person has to look: by then the other side was down for a day.
_WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 480, 720))


def lease_due(
    session: Session, now: datetime, lease: timedelta, limit: int = 20
) -> list[DeliveryRow]:
    """Return deliveries that are due, leased so that no other worker takes them meanwhile.

    A lease that ran out, because its worker died, is due again with the same message id.
    """
    statement = (
        select(DeliveryRow)
        .where(
            DeliveryRow.state.in_([DeliveryState.WAITING, DeliveryState.LEASED]),
            DeliveryRow.due_at <= now,
            or_(DeliveryRow.leased_until.is_(None), DeliveryRow.leased_until <= now),
        )
        .order_by(DeliveryRow.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = list(session.scalars(statement))
    for row in rows:
        row.state = DeliveryState.LEASED
        row.leased_until = now + lease
        row.attempts += 1
    return rows


def find_delivery(session: Session, identifier: str, *, lock: bool = False) -> DeliveryRow | None:
    """Return a delivery by its id, which is the message id."""
    statement = select(DeliveryRow).where(DeliveryRow.id == identifier)
    return session.scalars(statement.with_for_update() if lock else statement).one_or_none()


def mark_delivered(row: DeliveryRow, now: datetime) -> None:
    """Note that the other side has taken a delivery."""
    row.state, row.delivered_at, row.leased_until = DeliveryState.DELIVERED, now, None
    row.error = ""


def mark_failed(row: DeliveryRow, now: datetime, error: str, *, lasting: bool = False) -> None:
    """Note a failed attempt with a code; the next comes later each time, and none after the last.

    Args:
        row: the delivery.
        now: when it failed.
        error: a code ("timeout", "http-503"), never what the other side said.
        lasting: whether another attempt is of no use.
    """
    row.error, row.leased_until = error, None
    if lasting or row.attempts > len(_WAITS):
        row.state = DeliveryState.FAILED
        return
    row.state = DeliveryState.WAITING
    row.due_at = now + _WAITS[row.attempts - 1]


def retry_delivery(row: DeliveryRow, now: datetime) -> None:
    """Let a failed delivery be tried as often again as a new one, under its message id."""
    row.state, row.due_at, row.attempts, row.error = DeliveryState.WAITING, now, 0, ""


def count_open(session: Session) -> tuple[Counter[DeliveryState], datetime | None]:
    """Return how many deliveries are not delivered, by state, and since when the first waits."""
    statement = (
        select(DeliveryRow.state, func.count(), func.min(DeliveryRow.created_at))
        .where(UNDELIVERED)
        .group_by(DeliveryRow.state)
    )
    counts: Counter[DeliveryState] = Counter()
    since = []
    for state, count, first in session.execute(statement):
        counts[state] = count
        if state is not DeliveryState.FAILED:
            since.append(first)
    return counts, min(since, default=None)
