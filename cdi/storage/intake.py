"""What intake could not use of an encounter."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdi.storage.tables import EncounterRow, RemarkRow


def remarks_of(session: Session, encounter_id: str) -> list[RemarkRow]:
    """Return what intake could not use of an encounter, oldest first."""
    statement = select(RemarkRow).where(RemarkRow.encounter_id == encounter_id)
    return list(session.scalars(statement.order_by(RemarkRow.id)))


@dataclass(frozen=True, slots=True)
class RemarkCount:
    """How often the same remark was made, and about how many encounters."""

    code: str
    message: str
    remarks: int
    encounters: int


def count_remarks(session: Session, facility_id: str, limit: int) -> tuple[RemarkCount, ...]:
    """Return the remarks about the encounters of a facility, the most frequent first."""
    remarks = func.count()
    statement = (
        select(
            RemarkRow.code,
            RemarkRow.message,
            remarks,
            func.count(RemarkRow.encounter_id.distinct()),
        )
        .join(EncounterRow, EncounterRow.id == RemarkRow.encounter_id)
        .where(EncounterRow.facility_id == facility_id)
        .group_by(RemarkRow.code, RemarkRow.message)
        .order_by(remarks.desc(), RemarkRow.code, RemarkRow.message)
        .limit(limit)
    )
    return tuple(RemarkCount(*row) for row in session.execute(statement))
