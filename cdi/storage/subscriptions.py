"""Subscriptions to what happens at a facility."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdi.storage.tables import SubscriptionRow


def find_subscription(
    session: Session, identifier: str, *, lock: bool = False
) -> SubscriptionRow | None:
    """Return a subscription by id."""
    statement = select(SubscriptionRow).where(SubscriptionRow.id == identifier)
    return session.scalars(statement.with_for_update() if lock else statement).one_or_none()


def subscriptions_of(session: Session, facility_ids: Collection[str]) -> list[SubscriptionRow]:
    """Return the active subscriptions of some facilities, newest first."""
    statement = select(SubscriptionRow).where(
        SubscriptionRow.facility_id.in_(facility_ids), SubscriptionRow.active
    )
    return list(session.scalars(statement.order_by(SubscriptionRow.id.desc())))
