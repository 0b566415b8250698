"""Encounters that wait for a review, and those that are checked again each night."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from cdi.domain.query import AWAITING, UNSENT, QueryState
from cdi.storage.tables import EncounterRow, QueryRow
from cdi.storage.tables.charts import UNREVIEWED


def unreviewed(session: Session, limit: int) -> list[str]:
    """Return the ids of encounters that changed since their last review, longest waiting first."""
    statement = select(EncounterRow.id).where(UNREVIEWED).order_by(EncounterRow.changed_at)
    return list(session.scalars(statement.limit(limit)))


def count_unreviewed(session: Session) -> tuple[int, datetime | None]:
    """Return how many encounters wait for a review, and since when the first one does."""
    statement = select(func.count(), func.min(EncounterRow.changed_at)).where(UNREVIEWED)
    count, since = session.execute(statement).one()
    return count, since


def encounters_at_work(session: Session, since: datetime) -> list[str]:
    """Return the ids of encounters with queries under way, or not discharged before a moment."""
    states = UNSENT | AWAITING | {QueryState.ANSWERED}
    asked = select(QueryRow.encounter_id).where(QueryRow.state.in_(states))
    recent = or_(EncounterRow.discharged_at.is_(None), EncounterRow.discharged_at >= since)
    statement = select(EncounterRow.id).where(or_(recent, EncounterRow.id.in_(asked)))
    return list(session.scalars(statement.order_by(EncounterRow.id)))
