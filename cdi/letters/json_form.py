"""Letters as JSON, together with the part of the record they quote.

One object a letter. ``questions`` lists its questions; where a letter has only one, the fields of
the question may stand in the letter itself (``form``, ``purpose``, ``query_type``, ``question``,
``options``, ``indicators``). ``record`` holds the documented diagnoses, notes and observations.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cdi.domain.encounter import (
    Encounter,
    Medication,
    Note,
    NoteStatus,
    Observation,
    ObservationStatus,
    Patient,
    Role,
)
from cdi.domain.finding import MedicationPointer, NoteSpan, ObservationPointer, Pointer, QueryType
from cdi.domain.letter import (
    Channel,
    Indicator,
    Letter,
    LetterForm,
    Option,
    OptionKind,
    Purpose,
    Question,
)
from cdi.errors import InputError


class LetterCase(NamedTuple):
    """A letter with the record it is judged against.

    Attributes:
        documented: diagnoses treating providers wrote; None if the notes are to be read for them.
        conditions: ids of documented conditions, for letters of our own.
        findings: keys of the findings its record raises, for letters of our own.
    """

    id: str
    letter: Letter
    encounter: Encounter
    documented: tuple[str, ...] | None
    conditions: tuple[str, ...] = ()
    findings: tuple[str, ...] | None = None


class _Form(BaseModel):
    """Base: what labels or later releases add is left alone."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class _Pointer(_Form):
    note: str | None = None
    start: int = 0
    end: int = 0
    observation: str | None = None
    medication: str | None = None


class _Indicator(_Form):
    id: str
    text: str
    source: str | None = ""
    recorded_at: datetime | None = None
    encounter: str | None = "current"
    pertinence: str | None = None
    pointer: _Pointer | None = None
    group: str = ""


class _Option(_Form):
    text: str
    kind: OptionKind
    supported_by: tuple[str, ...] = ()


class _Question(_Form):
    form: LetterForm
    purpose: Purpose | None = None
    query_type: QueryType
    question: str
    condition: str = ""
    finding: str = ""
    topic: str = ""
    options: tuple[_Option, ...] = ()
    indicators: tuple[_Indicator, ...] = ()


class _Note(_Form):
    id: str
    text: str
    author: str = ""
    role: Role = Role.PROVIDER
    kind: str = ""
    recorded_at: datetime | None = None
    status: NoteStatus = NoteStatus.FINAL


class _Observation(_Form):
    id: str
    name: str
    value: float | str | None = None
    unit: str = ""
    time: datetime | None = None
    status: ObservationStatus = ObservationStatus.FINAL
    source: str = ""


class _Medication(_Form):
    id: str
    name: str
    dose: str = ""
    route: str = ""
    started_at: datetime | None = None


class _Record(_Form):
    documented: tuple[str, ...] | None = None
    conditions: tuple[str, ...] = ()
    findings: tuple[str, ...] | None = None
    encounter_id: str = ""
    patient_id: str = ""
    patient_name: str = ""
    notes: tuple[_Note, ...] = ()
    observations: tuple[_Observation, ...] = ()
    medications: tuple[_Medication, ...] = ()


class _Letter(_Form):
    id: str = "letter"
    channel: Channel = Channel.LETTER
    subject: str = ""
    recipient: str = ""
    body: str = ""
    patient_id: str = ""
    encounter_id: str = ""
    text: str = ""
    html: str = ""
    pack: str = ""
    questions: tuple[_Question, ...] = Field(min_length=1)
    record: _Record = _Record()


def read_letter(text: str, source: str = "letter") -> LetterCase:
    """Read one letter.

    Args:
        text: a JSON object.
        source: where it stands, for messages.

    Raises:
        InputError: it is no such object; names the field, never its content.
    """
    try:
        data = json.loads(text)
    except ValueError:
        raise InputError("not valid JSON", source=source) from None
    if not isinstance(data, dict):
        raise InputError("expected a JSON object", source=source)
    if "questions" not in data:
        data = {**data, "questions": [data]}
    try:
        return _case(_Letter.model_validate(data))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(map(str, first["loc"]))
        raise InputError(first["msg"], source=source, field=field) from None


def letter_record(
    identifier: str,
    letter: Letter,
    encounter: Encounter,
    documented: Collection[str] | None = None,
    conditions: Collection[str] = (),
    findings: Collection[str] | None = None,
) -> dict[str, Any]:
    """Return a letter and its record as :func:`read_letter` reads them; codes are left out."""
    form = _Letter(
        id=identifier,
        channel=letter.channel,
        subject=letter.subject,
        recipient=letter.recipient,
        body=letter.body,
        patient_id=letter.patient_id,
        encounter_id=letter.encounter_id,
        text=letter.text,
        html=letter.html,
        pack=letter.pack,
        questions=tuple(map(_question_form, letter.questions)),
        record=_record_form(encounter).model_copy(
            update={
                "documented": None if documented is None else tuple(documented),
                "conditions": tuple(sorted(conditions)),
                "findings": None if findings is None else tuple(sorted(findings)),
            }
        ),
    )
    return form.model_dump(mode="json", exclude_none=True)


def _case(form: _Letter) -> LetterCase:
    questions = tuple(map(_question, form.questions))
    record = form.record
    encounter_id = record.encounter_id or form.encounter_id or form.id
    letter = Letter(
        encounter_id=form.encounter_id or encounter_id,
        recipient=form.recipient,
        subject=form.subject,
        questions=questions,
        text=form.text or _plain_text(form, questions),
        html=form.html,
        body=form.body,
        patient_id=form.patient_id,
        channel=form.channel,
        pack=form.pack,
    )
    encounter = Encounter(
        id=encounter_id,
        patient=Patient(record.patient_id, record.patient_name) if record.patient_id else None,
        notes=tuple(Note(**note.model_dump()) for note in record.notes),
        observations=tuple(map(_observation, record.observations)),
        medications=tuple(Medication(**m.model_dump()) for m in record.medications),
    )
    return LetterCase(
        form.id, letter, encounter, record.documented, record.conditions, record.findings
    )


def _plain_text(form: _Letter, questions: tuple[Question, ...]) -> str:
    """Write out a letter that comes without its rendered text."""
    lines = [form.subject, form.body]
    for question in questions:
        lines += [f"{indicator.text} ({indicator.source})" for indicator in question.indicators]
        lines.append(question.stem)
        lines += [option.text for option in question.options]
    return "\n".join(lines)


def _question(form: _Question) -> Question:
    return Question(
        condition=form.condition,
        finding=form.finding,
        query_type=form.query_type,
        form=form.form,
        topic=form.topic,
        stem=form.question,
        indicators=tuple(map(_indicator, form.indicators)),
        options=tuple(Option(o.text, o.kind, o.supported_by) for o in form.options),
        purpose=form.purpose,
    )


def _indicator(form: _Indicator) -> Indicator:
    return Indicator(
        id=form.id,
        text=form.text,
        source=form.source or "",
        recorded_at=form.recorded_at,
        pointer=_pointer(form.pointer) if form.pointer else None,
        group=form.group,
        prior=form.encounter not in {None, "current"},
        pertinence=form.pertinence or "",
    )


def _pointer(form: _Pointer) -> Pointer | None:
    if form.note is not None:
        return NoteSpan(form.note, form.start, form.end)
    if form.observation is not None:
        return ObservationPointer(form.observation)
    return MedicationPointer(form.medication) if form.medication is not None else None


def _observation(form: _Observation) -> Observation:
    number = form.value if isinstance(form.value, float) else None
    return Observation(
        id=form.id,
        analyte=form.name,
        value=number,
        unit=form.unit,
        observed_at=form.time,
        text=form.value if isinstance(form.value, str) else "",
        status=form.status,
        source=form.source,
    )


def _question_form(question: Question) -> _Question:
    return _Question(
        form=question.form,
        purpose=question.purpose,
        query_type=question.query_type,
        question=question.stem,
        condition=question.condition,
        finding=question.finding,
        topic=question.topic,
        options=tuple(
            _Option(text=o.text, kind=o.kind, supported_by=o.supported_by) for o in question.options
        ),
        indicators=tuple(map(_indicator_form, question.indicators)),
    )


def _indicator_form(indicator: Indicator) -> _Indicator:
    return _Indicator(
        id=indicator.id,
        text=indicator.text,
        source=indicator.source,
        recorded_at=indicator.recorded_at,
        encounter="prior" if indicator.prior else "current",
        pertinence=indicator.pertinence or None,
        pointer=_pointer_form(indicator.pointer),
        group=indicator.group,
    )


def _pointer_form(pointer: Pointer | None) -> _Pointer | None:
    if isinstance(pointer, NoteSpan):
        return _Pointer(note=pointer.note_id, start=pointer.start, end=pointer.end)
    if isinstance(pointer, ObservationPointer):
        return _Pointer(observation=pointer.observation_id)
    return _Pointer(medication=pointer.medication_id) if pointer is not None else None


def _record_form(encounter: Encounter) -> _Record:
    patient = encounter.patient
    return _Record(
        encounter_id=encounter.id,
        patient_id=patient.id if patient else "",
        patient_name=patient.name if patient else "",
        notes=tuple(
            _Note(
                id=note.id,
                text=note.text,
                author=note.author,
                role=note.role,
                kind=note.kind,
                recorded_at=note.recorded_at,
                status=note.status,
            )
            for note in encounter.notes
        ),
        observations=tuple(
            _Observation(
                id=seen.id,
                name=seen.analyte,
                value=seen.value if seen.value is not None else seen.text,
                unit=seen.unit,
                time=seen.observed_at or seen.recorded_at,
                status=seen.status,
                source=seen.source,
            )
            for seen in encounter.observations
        ),
        medications=tuple(
            _Medication(id=m.id, name=m.name, dose=m.dose, route=m.route, started_at=m.started_at)
            for m in encounter.medications
        ),
    )
