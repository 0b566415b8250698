"""Clarified diagnoses with what is told of them elsewhere: stay, patient, who answered, when."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdi.storage.tables import (
    AnswerRow,
    DiagnosisRow,
    EncounterRow,
    FacilityRow,
    PatientRow,
    ResponseRow,
    UserRow,
)


@dataclass(frozen=True, slots=True)
class Clarified:
    """A clarified diagnosis beside what it belongs to."""

    diagnosis: DiagnosisRow
    facility: FacilityRow
    encounter: EncounterRow
    patient: PatientRow | None
    response: ResponseRow
    answered_by: UserRow


def clarified(session: Session, rows: Sequence[DiagnosisRow]) -> list[Clarified]:
    """Return clarified diagnoses with what they belong to, in their order."""
    by_id = {found.diagnosis.id: found for found in _select(session, [row.id for row in rows])}
    return [by_id[row.id] for row in rows]


def _select(session: Session, ids: Collection[str]) -> list[Clarified]:
    statement = (
        select(DiagnosisRow, FacilityRow, EncounterRow, PatientRow, ResponseRow, UserRow)
        .join(FacilityRow, FacilityRow.id == DiagnosisRow.facility_id)
        .join(EncounterRow, EncounterRow.id == DiagnosisRow.encounter_id)
        .outerjoin(PatientRow, PatientRow.id == EncounterRow.patient_id)
        .join(AnswerRow, AnswerRow.id == DiagnosisRow.answer_id)
        .join(ResponseRow, ResponseRow.id == AnswerRow.response_id)
        .join(UserRow, UserRow.id == ResponseRow.answered_by)
        .where(DiagnosisRow.id.in_(ids))
    )
    return [Clarified(*row) for row in session.execute(statement)]
