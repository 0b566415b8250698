"""Quoting the record: what stands behind a pointer now, who wrote it and when."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from cdi.domain.encounter import (
    Encounter,
    Medication,
    Note,
    Observation,
    Role,
)
from cdi.domain.evidence_text import evidence_text
from cdi.domain.finding import NoteSpan, ObservationPointer, Pointer
from cdi.errors import InputError


class Quotation(NamedTuple):
    """Words or a value of the record with their source and the time they were true."""

    text: str
    source: str
    recorded_at: datetime | None


def quote(pointer: Pointer, encounter: Encounter) -> Quotation:
    """Return what the record says behind a pointer.

    Raises:
        InputError: it leads nowhere, or to a retracted note or a value entered in error, which
            may not be quoted; names ids only.
    """
    if isinstance(pointer, NoteSpan):
        note = _note(pointer, encounter)
        return Quotation(evidence_text(pointer, encounter), _note_source(note), note.recorded_at)
    if isinstance(pointer, ObservationPointer):
        seen = _observation(pointer, encounter)
        text = evidence_text(pointer, encounter)
        return Quotation(text, seen.source or "Results", seen.observed_at or seen.recorded_at)
    given = _medication(pointer.medication_id, encounter)
    return Quotation(evidence_text(pointer, encounter), "Medication record", given.started_at)


def _note(pointer: NoteSpan, encounter: Encounter) -> Note:
    for note in encounter.notes:
        if note.id == pointer.note_id:
            if not note.status.counts:
                raise InputError(f"note {note.id} is {note.status}", source=encounter.id)
            if not 0 <= pointer.start < pointer.end <= len(note.text):
                raise InputError(
                    f"note {note.id} has no characters {pointer.start} to {pointer.end}",
                    source=encounter.id,
                )
            return note
    raise InputError(f"there is no note {pointer.note_id}", source=encounter.id)


def _observation(pointer: ObservationPointer, encounter: Encounter) -> Observation:
    for observation in encounter.observations:
        if observation.id == pointer.observation_id:
            if not observation.status.counts:
                raise InputError(
                    f"observation {observation.id} is {observation.status}", source=encounter.id
                )
            return observation
    raise InputError(f"there is no observation {pointer.observation_id}", source=encounter.id)


def _medication(identifier: str, encounter: Encounter) -> Medication:
    for medication in encounter.medications:
        if medication.id == identifier:
            return medication
    raise InputError(f"there is no medication {identifier}", source=encounter.id)


def _note_source(note: Note) -> str:
    """Return "Progress note, Dr. Reyes"; the role of an author who is no treating provider too."""
    source = note.kind[:1].upper() + note.kind[1:]
    if note.author:
        source += f", {note.author}"
    return source if note.role is Role.PROVIDER else f"{source} ({note.role})"
