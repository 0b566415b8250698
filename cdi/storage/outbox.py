"""The outbox: leased to one worker at a time, delivered at least once."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from cdi.storage.tables import DeliveryRow, DeliveryState

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


def mark_delivered(row: DeliveryRow, now: datetime) -> None:
    """Note that the other side has taken a delivery."""
    row.state, row.delivered_at, row.leased_until = DeliveryState.DELIVERED, now, None
    row.error = ""


def mark_failed(row: DeliveryRow, now: datetime, error: str) -> None:
    """Note a failed attempt with a code; the next comes later each time, and none after the last.

    Args:
        row: the delivery.
        now: when it failed.
        error: a code ("timeout", "http-503"), never what the other side said.
    """
    row.error, row.leased_until = error, None
    if row.attempts > len(_WAITS):
        row.state = DeliveryState.FAILED
        return
    row.state = DeliveryState.WAITING
    row.due_at = now + _WAITS[row.attempts - 1]
