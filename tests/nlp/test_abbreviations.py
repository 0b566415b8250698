"""Short forms: as the note defines them, or by what stands beside them."""

from __future__ import annotations

import pytest

from cdi.domain.encounter import Note
from cdi.domain.reading import Reading
from cdi.nlp import load_pipeline


def read(text: str) -> Reading:
    return load_pipeline().read(Note("n", text))


def named(text: str) -> set[str]:
    return {m.condition for m in read(text).mentions if m.name == "documented"}


def test_a_definition_in_the_note_is_found() -> None:
    text = "She has acute kidney injury (AKI) today."
    (found,) = read(text).abbreviations
    assert text[found.short_start : found.short_end] == "AKI"
    assert text[found.long_start : found.long_end] == "acute kidney injury"


def test_brackets_that_define_nothing_are_left_alone() -> None:
    assert read("CHF (EF 25%), AKI (Cr 2.1), seen by Dr. Doe (GI).").abbreviations == ()


def test_a_note_may_give_a_short_form_its_own_meaning() -> None:
    own = "Patient is on the cardiac hospital floor (CHF). CHF team aware."
    assert "heart_failure" not in named(own)
    assert "heart_failure" in named("CHF team aware of the exacerbation of CHF.")


@pytest.mark.parametrize(
    ("text", "condition", "counts"),
    [
        ("ASSESSMENT: Acute CVA.", "stroke", True),
        ("Abdomen soft, no CVA tenderness.", "stroke", False),
        ("PHYSICAL EXAM: Back: CVA normal.", "stroke", False),
        ("ASSESSMENT: ARF due to dehydration, creatinine 3.", "acute_kidney_injury", True),
        ("ASSESSMENT: ARF, intubated, on the ventilator.", "acute_kidney_injury", False),
        ("AF on apixaban.", "atrial_fibrillation", True),
        ("AF open and flat, newborn exam.", "atrial_fibrillation", False),
        ("MEDICATIONS: omeprazole 20 mg CAP daily.", "pneumonia", False),
        ("CAP, on ceftriaxone.", "pneumonia", True),
    ],
)
def test_neighbours_and_section_decide(text: str, condition: str, counts: bool) -> None:
    assert (condition in named(text)) is counts
