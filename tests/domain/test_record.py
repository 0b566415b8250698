from dataclasses import replace

import pytest
from factories import make_encounter, span

from cdi.domain.encounter import ObservationStatus
from cdi.domain.finding import MedicationPointer, NoteSpan, ObservationPointer
from cdi.domain.record import Quotation, quote
from cdi.errors import InputError


def test_note_words_are_quoted_on_one_line_with_their_source() -> None:
    encounter = make_encounter()
    note = encounter.notes[0]
    pointer = span(encounter, "no fever.\nMuddy")
    assert quote(pointer, encounter) == Quotation(
        "no fever. Muddy", "Progress note, Dr. A. Rivera", note.recorded_at
    )


def test_a_value_is_quoted_with_its_unit() -> None:
    found = quote(ObservationPointer("o2"), make_encounter())
    assert (found.text, found.source) == ("creatinine 2.1 mg/dL", "Laboratory")


def test_a_drug_is_quoted_with_dose_and_route() -> None:
    found = quote(MedicationPointer("m1"), make_encounter())
    assert (found.text, found.source) == ("lactated ringer 1 L IV", "Medication record")


def test_a_corrected_value_counts() -> None:
    value = replace(make_encounter().observations[0], status=ObservationStatus.CORRECTED)
    encounter = make_encounter(observations=(value,))
    assert quote(ObservationPointer("o1"), encounter).text == "creatinine 0.9 mg/dL"


@pytest.mark.parametrize(
    "pointer",
    [
        NoteSpan("n1", -1, 4),
        NoteSpan("n1", 4, 4),
        NoteSpan("n1", 0, 100_000),
        NoteSpan("n2", 0, 1),
        ObservationPointer("o9"),
        MedicationPointer("m9"),
    ],
)
def test_a_pointer_that_leads_nowhere_is_an_error(pointer: object) -> None:
    with pytest.raises(InputError, match="E-100"):
        quote(pointer, make_encounter())  # type: ignore[arg-type]
