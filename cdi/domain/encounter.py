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


class Capacity(StrEnum):
    """In which capacity a treating provider wrote: his word against another's."""

    ATTENDING = "attending"
    CONSULTING = "consulting"


class NoteStatus(StrEnum):
    """Whether a note counts.

    A superseded note counted until the note that ``replaces`` it was recorded, a retracted one
    until it was retracted; where that is not known it never did.
    """

    PRELIMINARY = "preliminary"
    FINAL = "final"
    AMENDED = "amended"
    SUPERSEDED = "superseded"
    RETRACTED = "retracted"

    @property
    def counts(self) -> bool:
        """Whether the words of such a note are evidence."""
        return self not in (NoteStatus.SUPERSEDED, NoteStatus.RETRACTED)


class ObservationStatus(StrEnum):
    """Whether an observation counts; ``entered-in-error`` values never existed."""

    PRELIMINARY = "preliminary"
    FINAL = "final"
    CORRECTED = "corrected"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = "entered-in-error"

    @property
    def counts(self) -> bool:
        """Whether such a value is evidence."""
        return self not in (ObservationStatus.CANCELLED, ObservationStatus.ENTERED_IN_ERROR)


class MedicationKind(StrEnum):
    """What a medication record says happened."""

    ORDERED = "ordered"
    ADMINISTERED = "administered"
    PRESCRIBED = "prescribed"
    """For use outside the hospital: home and discharge medication."""


class RemarkKind(StrEnum):
    """Why something of a feed is kept but not used."""

    UNKNOWN_UNIT = "unknown-unit"
    IMPOSSIBLE_VALUE = "impossible-value"
    MISSING_TIME = "missing-time"
    UNMAPPED_CODE = "unmapped-code"
    UNKNOWN_AUTHOR = "unknown-author"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Patient:
    """The person; ``birth_date`` and ``sex`` ("female", "male") choose reference limits."""

    id: str
    name: str = ""
    birth_date: date | None = None
    sex: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """One clinical document. All offsets in the project point into ``text`` as given here.

    Attributes:
        kind: what sort of document, as its source calls it ("Progress note").
        author: name of the author.
        author_id: the author's id in the source, the same for all notes of one person.
        role: whether the author is a treating provider.
        specialty: the author's field or profession, as the source wrote it ("cardiology").
        capacity: attending or consulting, where that is known.
        recorded_at: when it became part of the record.
        retracted_at: when it was taken back, of a retracted note of which that is known.
        loinc: code of the kind of document.
        replaces: id of the note that this one supersedes.
        appends_to: id of the note that this one adds to.
        version: 1, and one more with each replacement.
        source: where it came from, for the operator.
    """

    id: str
    text: str
    kind: str = "note"
    author: str = ""
    role: Role = Role.PROVIDER
    recorded_at: datetime | None = None
    status: NoteStatus = NoteStatus.FINAL
    author_id: str = ""
    specialty: str = ""
    capacity: Capacity | None = None
    loinc: str = ""
    replaces: str = ""
    appends_to: str = ""
    version: int = 1
    source: str = ""
    retracted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """One measured value.

    Attributes:
        analyte: a name of ``models/measurements`` ("creatinine"), or the source's own name.
        value: the number; None for results that are words (see ``text``).
        unit: as the source wrote it; converted when a rule uses the value.
        observed_at: when it was true of the patient.
        recorded_at: when it became known; a review as of a moment counts only what was recorded.
        text: a result in words, or the comment on a value.
        source: where it came from ("Observation/17").
        comparator: "<" or ">" where the source gives a bound ("< 0.01").
        loinc: its code.
        category: "laboratory", "vital-signs", … as the source says.
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
    comparator: str = ""
    loinc: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class Medication:
    """One drug, ordered or given.

    Attributes:
        dose: as the source wrote it, often with route and frequency ("80 mg IV once").
        route: as the source wrote it ("IV").
        kind: None where the source does not say.
        recorded_at: when it became known: the order was written, the dose was charted.
        reason: what it was ordered for, as the source wrote it. No provider's note.
        source: where it came from.
    """

    id: str
    name: str
    dose: str = ""
    route: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    kind: MedicationKind | None = None
    recorded_at: datetime | None = None
    reason: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """An entry of a problem or diagnosis list. Never a provider's note: it documents nothing.

    Attributes:
        text: as listed.
        code: ICD-10-CM where given.
        category: "problem-list-item" or "encounter-diagnosis".
        status: "active", "resolved", … where given.
        recorded_on: the day it was listed.
    """

    id: str
    text: str
    code: str = ""
    category: str = ""
    status: str = ""
    recorded_on: date | None = None


@dataclass(frozen=True, slots=True)
class Procedure:
    """Something done to the patient; ``name`` as the source wrote it."""

    id: str
    name: str
    code: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    performer: str = ""


@dataclass(frozen=True, slots=True)
class IntakeRemark:
    """Something a feed sent that is kept but used in no rule, for the operator to mend.

    Attributes:
        kind: why.
        item: what, as the source calls it ("Observation/17"); holds no patient's data.
        subject: the gap in a word: the code, the unit, the analyte, the element.
        message: what was expected; never a value, a name or text of a note.
    """

    kind: RemarkKind
    item: str
    subject: str
    message: str


@dataclass(frozen=True, slots=True)
class Encounter:
    """One stay or visit: the unit of review. A single text is an encounter with one note.

    Attributes:
        unit: where the patient lies, as the source wrote it.
        service: the service in charge.
        visit_class: "IMP", "EMER", "AMB", … of HL7 ActCode, where given.
        set_aside: observations that no rule may use: of unknown code or unit, without a time, or
            of no living human. Each has a remark.
        remarks: what intake could not use.
        visit_number: the number of the visit in the hospital's feeds.
        source: the id of what it was read from, for example of a FHIR Bundle.
    """

    id: str
    patient: Patient | None = None
    notes: tuple[Note, ...] = ()
    observations: tuple[Observation, ...] = ()
    medications: tuple[Medication, ...] = ()
    admitted_at: datetime | None = None
    discharged_at: datetime | None = None
    title: str = ""
    unit: str = ""
    service: str = ""
    visit_class: str = ""
    problems: tuple[Problem, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    set_aside: tuple[Observation, ...] = ()
    remarks: tuple[IntakeRemark, ...] = ()
    visit_number: str = ""
    source: str = ""
