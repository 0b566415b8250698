"""A clarified diagnosis as other systems are told of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cdi.domain.encounter import Patient
from cdi.domain.outgoing import Clinician
from cdi.domain.query import CoderStatus, Outcome, PresentOnAdmission


@dataclass(frozen=True, slots=True)
class ClarifiedDiagnosis:
    """What an answer clarified and what the coder made of it.

    Attributes:
        facility: its code, as feeds name it.
        encounter: number of the stay in the record system.
        wording: as the physician answered.
        code: what the coder gave (ICD-10-CM); "" until then.
        title: of the code.
        answer: id of the signed reply, the addendum as a document.
    """

    id: str
    facility: str
    patient: Patient | None
    encounter: str
    query: str
    answer: str
    wording: str
    outcome: Outcome
    status: CoderStatus
    code: str
    title: str
    poa: PresentOnAdmission | None
    clarified_by: Clinician
    clarified_at: datetime
    changed_at: datetime
