"""Reading a pointer: the words or value it stands for."""

from __future__ import annotations

from cdi.domain.encounter import Encounter, Observation
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
                return " ".join(note.text[pointer.start : pointer.end].split())
    elif isinstance(pointer, ObservationPointer):
        for observation in encounter.observations:
            if observation.id == pointer.observation_id:
                name = observation.analyte.replace("_", " ")
                return f"{name} {_value(observation)} {observation.unit}".strip()
    elif isinstance(pointer, MedicationPointer):
        for medication in encounter.medications:
            if medication.id == pointer.medication_id:
                return " ".join(
                    part for part in (medication.name, medication.dose, medication.route) if part
                )
    raise InputError("the pointer leads nowhere in this encounter", source=encounter.id)


def _value(observation: Observation) -> str:
    """Return the value as it was recorded, without the tail of a float ("2", "0.06")."""
    return observation.text if observation.value is None else f"{observation.value:.10g}"
