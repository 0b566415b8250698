"""Reading a pointer: the words or value it stands for."""

from __future__ import annotations

from cdi.domain.encounter import Encounter, Medication, Note, Observation
from cdi.domain.finding import MedicationPointer, NoteSpan, ObservationPointer, Pointer
from cdi.errors import InputError


def evidence_text(pointer: Pointer, encounter: Encounter) -> str:
    """Return what a pointer points at: note words on one line, "creatinine 2.1 mg/dL", a drug.

    Raises:
        InputError: the encounter holds no such note, observation or medication.
    """
    if isinstance(pointer, NoteSpan):
        for note in encounter.notes:
            if note.id == pointer.note_id:
                return span_text(pointer, note)
    elif isinstance(pointer, ObservationPointer):
        for observation in encounter.observations:
            if observation.id == pointer.observation_id:
                return value_text(observation)
    elif isinstance(pointer, MedicationPointer):
        for medication in encounter.medications:
            if medication.id == pointer.medication_id:
                return drug_text(medication)
    raise InputError("the pointer leads nowhere in this encounter", source=encounter.id)


def span_text(pointer: NoteSpan, note: Note) -> str:
    """Return the words of a note at a place, on one line."""
    return " ".join(note.text[pointer.start : pointer.end].split())


def value_text(observation: Observation) -> str:
    """Return "creatinine 2.1 mg/dL": the value as it was recorded, without the tail of a float."""
    seen = observation
    value = seen.text if seen.value is None else f"{seen.value:.10g}"
    return f"{seen.analyte.replace('_', ' ')} {value} {seen.unit}".strip()


def drug_text(medication: Medication) -> str:
    """Return a drug with dose and route, as far as they are known."""
    parts = (medication.name, medication.dose, medication.route)
    return " ".join(part for part in parts if part)
