"""Queries that await an answer, by the numbers that the record system gives stays and patients."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdi.domain.query import AWAITING
from cdi.storage.tables import EncounterRow, PatientRow, QueryRow, UserRow


@dataclass(frozen=True, slots=True)
class Awaited:
    """A query that awaits an answer, and who was asked; None if that was nobody in particular."""

    query: QueryRow
    recipient: UserRow | None


def awaited_of(
    session: Session,
    facility_ids: Collection[str],
    *,
    encounters: Collection[str],
    patients: Collection[str],
    limit: int = 20,
) -> list[Awaited]:
    """Return the awaited queries about a stay, the oldest first.

    Those about any stay of the patient, where no such stay is known.
    """
    known = select(EncounterRow.id).where(
        EncounterRow.facility_id.in_(facility_ids), EncounterRow.number.in_(encounters)
    )
    stays = session.scalars(known).all()
    about = EncounterRow.id.in_(stays) if stays else PatientRow.number.in_(patients)
    statement = (
        select(QueryRow, UserRow)
        .join(EncounterRow, EncounterRow.id == QueryRow.encounter_id)
        .outerjoin(PatientRow, PatientRow.id == EncounterRow.patient_id)
        .outerjoin(UserRow, UserRow.id == QueryRow.recipient_id)
        .where(
            EncounterRow.facility_id.in_(facility_ids),
            about,
            QueryRow.state.in_(AWAITING),
        )
        .order_by(QueryRow.id)
        .limit(limit)
    )
    return [Awaited(*row) for row in session.execute(statement)]
