"""The native encounter format: what a file may say, field by field."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from cdi.domain.encounter import (
    Capacity,
    MedicationKind,
    NoteStatus,
    ObservationStatus,
    RemarkKind,
    Role,
)

_YEARS = range(1900, 2200)


def _parse_identifier(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _parse_time(value: Any) -> datetime:
    """Read ISO 8601 with a clock time: a bare day would put a note before all others of it."""
    if not isinstance(value, str) or len(value) < len("2026-01-31T12:00"):
        raise ValueError("expected an ISO 8601 date and time such as 2026-01-31T14:05:00-05:00")
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("not a valid ISO 8601 date and time") from None
    if time.year not in _YEARS:
        raise ValueError(f"the year is not between {_YEARS.start} and {_YEARS.stop - 1}")
    return time


def _parse_day(value: Any) -> date:
    if not isinstance(value, str):
        raise ValueError("expected an ISO 8601 date such as 1961-04-30")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError("not a valid ISO 8601 date") from None


Identifier = Annotated[str, BeforeValidator(_parse_identifier), Field(pattern=r"\S")]
Time = Annotated[datetime, BeforeValidator(_parse_time)]
Day = Annotated[date, BeforeValidator(_parse_day)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class Record(BaseModel):
    """Base of the format: a key it does not know is a mistake, not a comment."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PatientRecord(Record):
    """The person."""

    id: Identifier
    name: str = ""
    birth_date: Day | None = None
    sex: Literal["female", "male", "other", "unknown"] | None = None


class _NoteFields(Record):
    """A document's text as one string or, for readability, as a list of lines."""

    kind: str = "note"
    author: str = ""
    role: Role = Role.PROVIDER
    recorded_at: Time | None = None
    status: NoteStatus = NoteStatus.FINAL
    text: str

    @model_validator(mode="before")
    @classmethod
    def _join_lines(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "lines" not in data:
            return data
        lines = data["lines"]
        if "text" in data:
            raise ValueError("`text` and `lines` are both given")
        if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
            raise ValueError("`lines` must be a list of strings")
        rest = {key: value for key, value in data.items() if key != "lines"}
        return {**rest, "text": "\n".join(lines)}


class NoteRecord(_NoteFields):
    """One document of an encounter."""

    id: Identifier
    author_id: str = ""
    specialty: str = ""
    capacity: Capacity | None = None
    loinc: str = ""
    replaces: str = ""
    appends_to: str = ""
    version: int = Field(1, ge=1)
    source: str = ""
    retracted_at: Time | None = None


class LoneNoteRecord(_NoteFields):
    """A note that stands alone: its id may be missing and keys of other systems are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: Identifier | None = None


class ObservationRecord(Record):
    """One measured value, or a result in words."""

    id: Identifier
    analyte: str = Field(min_length=1)
    value: Number | None = None
    unit: str = ""
    observed_at: Time | None = None
    recorded_at: Time | None = None
    text: str = ""
    status: ObservationStatus = ObservationStatus.FINAL
    source: str = ""
    comparator: Literal["", "<", ">"] = ""
    loinc: str = ""
    category: str = ""


class MedicationRecord(Record):
    """One drug."""

    id: Identifier
    name: str = Field(min_length=1)
    dose: str = ""
    route: str = ""
    started_at: Time | None = None
    ended_at: Time | None = None
    kind: MedicationKind | None = None
    recorded_at: Time | None = None
    reason: str = ""
    source: str = ""


class ProblemRecord(Record):
    """An entry of a problem or diagnosis list."""

    id: Identifier
    text: str
    code: str = ""
    category: str = ""
    status: str = ""
    recorded_on: Day | None = None


class ProcedureRecord(Record):
    """Something done to the patient."""

    id: Identifier
    name: str = Field(min_length=1)
    code: str = ""
    started_at: Time | None = None
    ended_at: Time | None = None
    performer: str = ""


class RemarkRecord(Record):
    """What intake could not use."""

    kind: RemarkKind
    item: str
    subject: str
    message: str


class EncounterRecord(Record):
    """One stay or visit."""

    id: Identifier
    title: str = ""
    patient: PatientRecord | None = None
    admitted_at: Time | None = None
    discharged_at: Time | None = None
    notes: tuple[NoteRecord, ...] = ()
    observations: tuple[ObservationRecord, ...] = ()
    medications: tuple[MedicationRecord, ...] = ()
    unit: str = ""
    service: str = ""
    visit_class: str = ""
    problems: tuple[ProblemRecord, ...] = ()
    procedures: tuple[ProcedureRecord, ...] = ()
    set_aside: tuple[ObservationRecord, ...] = ()
    remarks: tuple[RemarkRecord, ...] = ()
    visit_number: str = ""
    source: str = ""


PARTS: dict[str, type[Record]] = {
    "patient": PatientRecord,
    "notes": NoteRecord,
    "observations": ObservationRecord,
    "medications": MedicationRecord,
    "problems": ProblemRecord,
    "procedures": ProcedureRecord,
    "set_aside": ObservationRecord,
    "remarks": RemarkRecord,
}
"""Which record stands under which key of an encounter."""
