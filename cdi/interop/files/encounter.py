"""Native encounter JSON to the domain and back.

An encounter with a mistake anywhere is not read at all: a chart that silently lacks a note or a
value would raise questions that the chart answers.

Times are ISO 8601 with a clock time. Times without an offset are one hospital's wall clock: if no
time of an encounter has an offset all are taken as UTC, which keeps their order and distances; a
mixture of both is an error, because its order is unknown.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from cdi.domain.encounter import (
    Encounter,
    IntakeRemark,
    Medication,
    Note,
    Observation,
    Patient,
    Problem,
    Procedure,
)
from cdi.interop.files.note import single_note
from cdi.interop.files.schema import (
    PARTS,
    EncounterRecord,
    LoneNoteRecord,
    NoteRecord,
    Record,
)
from cdi.interop.files.source import Source
from cdi.interop.problem import field_place, join_places
from cdi.rules.loader import did_you_mean

_MOST_MISTAKES = 10
_Record = TypeVar("_Record", bound=Record)


def build_encounter(
    source: Source, data: object, *, line: int | None, at: str = ""
) -> Encounter | None:
    """Return the encounter, or lone note, that a JSON object describes.

    Args:
        source: where it came from; gets the problems.
        data: the parsed JSON value.
        line: its line in the source, if it stands on one line.
        at: its place in the document, a prefix of the field names in messages.

    Returns:
        The encounter, or None if it cannot be read; then at least one problem was reported.
    """
    fail = _failer(source, line, at)
    if not isinstance(data, dict):
        fail("", "expected a JSON object")
    elif "resourceType" in data:
        fail("resourceType", "a FHIR resource, expected a note or an encounter")
    elif "notes" in data:
        return _build_whole(source, data, line, at)
    elif "text" in data or "lines" in data:
        return _build_lone(source, data, line, at)
    else:
        hints = (did_you_mean(str(key), ("text", "notes")) for key in data)
        hint = next((hint for hint in hints if "did you mean" in hint), "")
        fail("", f"expected `text` for a note or `notes` for an encounter{hint}")
    return None


def write_encounter(encounter: Encounter) -> dict[str, Any]:
    """Return the native JSON form of an encounter, without what equals its default.

    Reading it back gives an equal encounter, as long as its times have offsets, no note is blank,
    and no text holds NUL or lone surrogates.
    """
    return {"id": encounter.id, "notes": [], **_plain_record(encounter)}


def _build_lone(source: Source, data: Any, line: int | None, at: str) -> Encounter | None:
    record = _validated(LoneNoteRecord, source, data, line, at)
    if record is None:
        return None
    identifier = record.id or ":".join(str(part) for part in (source.stem + at, line) if part)
    encounter = single_note(source, identifier, record.text, line)
    if encounter is None:
        return None
    (note,) = encounter.notes
    given = _to_domain(Note, record, id=identifier, text=note.text)
    return dataclasses.replace(encounter, notes=(given,))


def _build_whole(source: Source, data: Any, line: int | None, at: str) -> Encounter | None:
    record = _validated(EncounterRecord, source, data, line, at)
    if record is None:
        return None
    mistakes = [*_repeated_ids(record), *_mixed_times(record)]
    if mistakes:
        fail = _failer(source, line, at)
        for field, message in mistakes[:_MOST_MISTAKES]:
            fail(field, message)
        return None
    return _to_domain(
        Encounter,
        record,
        patient=record.patient and _to_domain(Patient, record.patient),
        notes=tuple(_notes(source, record.notes, line, at)),
        observations=_all(Observation, record.observations),
        medications=_all(Medication, record.medications),
        problems=_all(Problem, record.problems),
        procedures=_all(Procedure, record.procedures),
        set_aside=_all(Observation, record.set_aside),
        remarks=_all(IntakeRemark, record.remarks),
    )


def _notes(
    source: Source, records: tuple[NoteRecord, ...], line: int | None, at: str
) -> Iterator[Note]:
    for index, record in enumerate(records):
        if record.text.strip():
            yield _to_domain(Note, record)
        else:
            place = join_places(at, f"notes[{index}].text")
            source.notice("an empty note is left out", at=place, line=line)


_Domain = TypeVar("_Domain")


def _all(kind: type[_Domain], records: Iterable[Record]) -> tuple[_Domain, ...]:
    return tuple(_to_domain(kind, record) for record in records)


def _to_domain(kind: type[_Domain], record: Record, **other: Any) -> _Domain:
    """Copy the fields of a record, which are named as in the domain, except those given."""
    copied = {name: _zoned(getattr(record, name)) for name in type(record).model_fields}
    return kind(**{**copied, **other})


def _zoned(value: Any) -> Any:
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value


def _validated(
    schema: type[_Record], source: Source, data: Any, line: int | None, at: str
) -> _Record | None:
    try:
        return schema.model_validate(data)
    except ValidationError as error:
        # Only type, place and message are used: the rest of the error holds the input.
        mistakes = error.errors(include_input=False, include_url=False)
    fail = _failer(source, line, at)
    for mistake in mistakes[:_MOST_MISTAKES]:
        fail(field_place(mistake["loc"]), _message(mistake["type"], mistake["loc"], mistake["msg"]))
    if len(mistakes) > _MOST_MISTAKES:
        fail("", f"{len(mistakes) - _MOST_MISTAKES} more mistakes")
    return None


def _message(kind: str, loc: tuple[int | str, ...], text: str) -> str:
    if kind == "missing":
        return "is required"
    if kind == "extra_forbidden":
        schema: type[BaseModel] = PARTS[str(loc[0])] if len(loc) > 1 else EncounterRecord
        return f"unknown key{did_you_mean(str(loc[-1]), schema.model_fields)}"
    if kind in ("string_pattern_mismatch", "string_too_short"):
        return "must not be empty"
    text = text.removeprefix("Value error, ").replace("Input should be", "expected")
    return text[:1].lower() + text[1:]


def _failer(source: Source, line: int | None, at: str) -> Callable[[str, str], None]:
    def fail(field: str, message: str) -> None:
        source.fail(message, at=join_places(at, field), line=line)

    return fail


def _repeated_ids(record: EncounterRecord) -> Iterator[tuple[str, str]]:
    """Yield the places of ids that would make a pointer into the encounter ambiguous."""
    for name in ("notes", "observations", "medications", "problems", "procedures"):
        first: dict[str, int] = {}
        for index, item in enumerate(getattr(record, name)):
            if first.setdefault(item.id, index) != index:
                yield f"{name}[{index}].id", f"the same id as {name}[{first[item.id]}]"


def _mixed_times(record: EncounterRecord) -> Iterator[tuple[str, str]]:
    times = list(_times(record))
    naive = [place for place, time in times if time.tzinfo is None]
    if naive and len(naive) < len(times):
        yield naive[0], "a time without an offset, while others of the encounter have one"


def _times(record: Record, at: str = "") -> Iterator[tuple[str, datetime]]:
    for name in type(record).model_fields:
        value = getattr(record, name)
        place = join_places(at, name)
        if isinstance(value, datetime):
            yield place, value
        elif isinstance(value, tuple):
            for index, item in enumerate(value):
                yield from _times(item, f"{place}[{index}]")


def _plain_record(record: Any) -> dict[str, Any]:
    plain = {
        field.name: _plain(getattr(record, field.name))
        for field in dataclasses.fields(record)
        if getattr(record, field.name) != field.default
    }
    if isinstance(record, Note) and "\n" in record.text:
        del plain["text"]
        plain["lines"] = record.text.split("\n")
    return plain


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return _plain_record(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return value
