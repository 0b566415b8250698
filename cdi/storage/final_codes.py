"""Final codes: those that count now, and replacing them by a later import."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from cdi.domain.coding import FinalCode
from cdi.storage.tables import DiagnosisRow, FinalCodeRow, QueryRow


def replace_final_codes(
    session: Session,
    facility_id: str,
    encounter_id: str,
    codes: Sequence[FinalCode],
    now: datetime,
    actor_id: str,
) -> bool:
    """Make these the final codes of a stay; return whether they are other than before."""
    if final_codes(session, encounter_id) == [FinalCode(c.code, c.poa) for c in codes]:
        return False
    session.execute(
        update(FinalCodeRow)
        .where(FinalCodeRow.encounter_id == encounter_id, FinalCodeRow.superseded_at.is_(None))
        .values(superseded_at=now)
    )
    session.add_all(
        FinalCodeRow(
            facility_id=facility_id,
            encounter_id=encounter_id,
            position=position,
            code=code.code,
            poa=code.poa,
            imported_at=now,
            imported_by=actor_id,
        )
        for position, code in enumerate(codes)
    )
    session.flush()
    return True


def final_codes(session: Session, encounter_id: str) -> list[FinalCode]:
    """Return the final codes of a stay, the principal one first; empty if it has none yet."""
    statement = (
        select(FinalCodeRow)
        .where(FinalCodeRow.encounter_id == encounter_id, FinalCodeRow.superseded_at.is_(None))
        .order_by(FinalCodeRow.position)
    )
    return [FinalCode(row.code, row.poa) for row in session.scalars(statement)]


def coded_stays(
    session: Session, facility_ids: Collection[str], *, limit: int, offset: int = 0
) -> list[str]:
    """Return ids of stays with final codes in which something was asked, last imported first."""
    asked = select(QueryRow.encounter_id).where(QueryRow.facility_id.in_(facility_ids))
    newest = func.max(FinalCodeRow.imported_at)
    statement = (
        select(FinalCodeRow.encounter_id)
        .where(
            FinalCodeRow.facility_id.in_(facility_ids),
            FinalCodeRow.superseded_at.is_(None),
            FinalCodeRow.encounter_id.in_(asked),
        )
        .group_by(FinalCodeRow.encounter_id)
        .order_by(newest.desc(), FinalCodeRow.encounter_id)
        .limit(limit)
        .offset(offset)
    )
    return list(session.scalars(statement))


def diagnoses_of_encounter(session: Session, encounter_id: str) -> list[DiagnosisRow]:
    """Return the clarified diagnoses of a stay, oldest first."""
    statement = select(DiagnosisRow).where(DiagnosisRow.encounter_id == encounter_id)
    return list(session.scalars(statement.order_by(DiagnosisRow.id)))
