"""What intake could not use of an encounter."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdi.storage.tables import RemarkRow


def remarks_of(session: Session, encounter_id: str) -> list[RemarkRow]:
    """Return what intake could not use of an encounter, oldest first."""
    statement = select(RemarkRow).where(RemarkRow.encounter_id == encounter_id)
    return list(session.scalars(statement.order_by(RemarkRow.id)))
