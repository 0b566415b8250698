"""Finding stays by number, and names among the newest stays.

Names are encrypted, so that no statement can look for them: they are opened and compared, of so
many stays at most.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdi.storage.tables import EncounterRow, PatientRow

MOST_NAMES = 2_000


class Named(NamedTuple):
    """A stay with the name of its patient."""

    encounter_id: str
    name: str


def stays_by_number(session: Session, facility_id: str, number: str, limit: int) -> list[str]:
    """Return ids of the stay of this number and of the stays of the patient of this number.

    The newest come first. Two statements, since each has an index and no index serves both.
    """
    here = EncounterRow.facility_id == facility_id
    own = select(EncounterRow.id).where(here, EncounterRow.number == number)
    patients = (
        select(EncounterRow.id)
        .join(PatientRow, PatientRow.id == EncounterRow.patient_id)
        .where(PatientRow.facility_id == facility_id, PatientRow.number == number, here)
        .order_by(EncounterRow.id.desc())
        .limit(limit)
    )
    return list(dict.fromkeys([*session.scalars(own), *session.scalars(patients)]))


def newest_names(
    session: Session, facility_id: str, only: Collection[str] | None = None
) -> list[Named]:
    """Return the newest stays with the names of their patients, at most :data:`MOST_NAMES`.

    Args:
        session: of the store.
        facility_id: whose stays.
        only: ids of stays; None for all.
    """
    statement = (
        select(EncounterRow.id, PatientRow)
        .join(PatientRow, PatientRow.id == EncounterRow.patient_id)
        .where(EncounterRow.facility_id == facility_id)
        .order_by(EncounterRow.id.desc())
        .limit(MOST_NAMES)
    )
    if only is not None:
        statement = statement.where(EncounterRow.id.in_(only))
    return [Named(identifier, patient.name) for identifier, patient in session.execute(statement)]
