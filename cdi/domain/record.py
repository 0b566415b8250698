"""Quoting the record: what stands behind a pointer now, who wrote it and when."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from cdi.domain.encounter import (
    Encounter,
    Note,
    Role,
)
from cdi.domain.evidence_text import drug_text, span_text, value_text
from cdi.domain.finding import NoteSpan, ObservationPointer, Pointer
from cdi.errors import InputError


class Quotation(NamedTuple):
    """Words or a value of the record with their source and the time they were true."""

    text: str
    source: str
    recorded_at: datetime | None


class RecordIndex:
    """The notes, values and drugs of an encounter by their ids: for those who quote much of it."""

    def __init__(self, encounter: Encounter) -> None:
        self._source = encounter.id
        self._sources: dict[str, str] = {}
        self._notes = {note.id: note for note in reversed(encounter.notes)}
        self._values = {seen.id: seen for seen in reversed(encounter.observations)}
        self._drugs = {given.id: given for given in reversed(encounter.medications)}

    def quote(self, pointer: Pointer) -> Quotation:
        """Return what the record says behind a pointer.

        Raises:
            InputError: it leads nowhere, or to a retracted note or a value entered in error, which
                may not be quoted; names ids only.
        """
        if isinstance(pointer, NoteSpan):
            return self._quote_note(pointer)
        if isinstance(pointer, ObservationPointer):
            return self._quote_value(pointer.observation_id)
        given = self._drugs.get(pointer.medication_id)
        if given is None:
            raise self._wrong(f"there is no medication {pointer.medication_id}")
        return Quotation(drug_text(given), "Medication record", given.started_at)

    def note_text(self, note_id: str) -> str:
        """Return the text of a note; "" if there is no such note."""
        note = self._notes.get(note_id)
        return note.text if note is not None else ""

    def _quote_note(self, pointer: NoteSpan) -> Quotation:
        note = self._notes.get(pointer.note_id)
        if note is None:
            raise self._wrong(f"there is no note {pointer.note_id}")
        if not note.status.counts:
            raise self._wrong(f"note {note.id} is {note.status}")
        if not 0 <= pointer.start < pointer.end <= len(note.text):
            raise self._wrong(f"note {note.id} has no characters {pointer.start} to {pointer.end}")
        return Quotation(span_text(pointer, note), self._source_of(note), note.recorded_at)

    def _quote_value(self, identifier: str) -> Quotation:
        seen = self._values.get(identifier)
        if seen is None:
            raise self._wrong(f"there is no observation {identifier}")
        if not seen.status.counts:
            raise self._wrong(f"observation {seen.id} is {seen.status}")
        at = seen.observed_at or seen.recorded_at
        return Quotation(value_text(seen), seen.source or "Results", at)

    def _source_of(self, note: Note) -> str:
        known = self._sources.get(note.id)
        if known is None:
            known = self._sources[note.id] = _note_source(note)
        return known

    def _wrong(self, why: str) -> InputError:
        return InputError(why, source=self._source)


def quote(pointer: Pointer, encounter: Encounter) -> Quotation:
    """Return what the record says behind a pointer.

    Raises:
        InputError: as :meth:`RecordIndex.quote`.
    """
    return RecordIndex(encounter).quote(pointer)


def _note_source(note: Note) -> str:
    """Return "Progress note, Dr. Reyes"; the role of an author who is no treating provider too."""
    source = note.kind[:1].upper() + note.kind[1:]
    if note.author:
        source += f", {note.author}"
    return source if note.role is Role.PROVIDER else f"{source} ({note.role})"
