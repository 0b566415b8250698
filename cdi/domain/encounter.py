"""An encounter: one stay or visit with everything recorded in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Role(StrEnum):
    """Who wrote a note. Only a treating provider's words document a diagnosis.

    ICD-10-CM Official Guidelines, section I.B.14.
    """

    PROVIDER = "provider"
    NURSING = "nursing"
    DIETITIAN = "dietitian"
    RADIOLOGY = "radiology"
    PATHOLOGY = "pathology"
    OTHER = "other"


class NoteStatus(StrEnum):
    """Whether a note counts."""

    FINAL = "final"
    AMENDED = "amended"
    RETRACTED = "retracted"


class ObservationStatus(StrEnum):
    """Whether an observation counts; ``entered-in-error`` values never existed."""

    FINAL = "final"
    CORRECTED = "corrected"
    ENTERED_IN_ERROR = "entered-in-error"


@dataclass(frozen=True, slots=True)
class Patient:
    """The person; ``birth_date`` and ``sex`` ("female", "male") choose reference limits."""

    id: str
    name: str = ""
    birth_date: date | None = None
    sex: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """One clinical document. All offsets in the project point into ``text`` as given here."""

    id: str
    text: str
    kind: str = "note"
    author: str = ""
    role: Role = Role.PROVIDER
    recorded_at: datetime | None = None
    status: NoteStatus = NoteStatus.FINAL


@dataclass(frozen=True, slots=True)
class Observation:
    """One measured value.

    Attributes:
        analyte: a name of ``models/measurements`` ("creatinine"), or the source's own name.
        value: the number; None for results that are words (see ``text``).
        unit: as the source wrote it; converted when a rule uses the value.
        observed_at: when it was true of the patient.
        recorded_at: when it became known; a review as of a moment counts only what was recorded.
    """

    id: str
    analyte: str
    value: float | None = None
    unit: str = ""
    observed_at: datetime | None = None
    recorded_at: datetime | None = None
    text: str = ""
    status: ObservationStatus = ObservationStatus.FINAL
    source: str = ""


@dataclass(frozen=True, slots=True)
class Medication:
    """One drug, ordered or given. ``route`` is free text as the source wrote it ("IV")."""

    id: str
    name: str
    dose: str = ""
    route: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Encounter:
    """One stay or visit: the unit of review. A single text is an encounter with one note."""

    id: str
    patient: Patient | None = None
    notes: tuple[Note, ...] = ()
    observations: tuple[Observation, ...] = ()
    medications: tuple[Medication, ...] = ()
    admitted_at: datetime | None = None
    discharged_at: datetime | None = None
    title: str = ""
