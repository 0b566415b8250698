"""History by course, headings, and words of a report."""

from __future__ import annotations

import pytest

from cdi.domain.encounter import Note
from cdi.nlp import load_pipeline


def assertions(text: str, condition: str) -> list[str]:
    reading = load_pipeline().read(Note("n", text))
    return [
        mention.assertion.value
        for mention in reading.mentions
        if mention.condition == condition and mention.name == "documented"
    ]


@pytest.mark.parametrize(
    ("text", "condition", "expected"),
    [
        ("History of CHF.", "heart_failure", ["present"]),
        ("History of pneumonia.", "pneumonia", ["historical"]),
        ("PAST MEDICAL HISTORY:\n1. CHF.\n2. Pneumonia.", "heart_failure", ["present"]),
        ("PAST MEDICAL HISTORY:\n1. CHF.\n2. Pneumonia.", "pneumonia", ["historical"]),
        ("h/o CHF, COPD, DM", "diabetes", ["present"]),
        ("Possible history of CHF.", "heart_failure", ["possible"]),
        ("She used to have diabetes as a child.", "diabetes", ["historical"]),
        ("Mother had diabetes.", "diabetes", ["family"]),
        ("No history of diabetes.", "diabetes", ["absent"]),
    ],
)
def test_a_chronic_condition_stays_and_an_acute_one_is_past(
    text: str, condition: str, expected: list[str]
) -> None:
    assert assertions(text, condition) == expected


def test_words_of_a_report_are_told_apart_from_the_providers_own() -> None:
    text = "CT of the head shows an acute stroke.\nDISCHARGE DIAGNOSES:\n1. Stroke."
    reading = load_pipeline().read(Note("n", text))
    strokes = [m for m in reading.mentions if m.condition == "stroke" and m.name == "documented"]
    assert [m.reported for m in strokes] == [True, False]


def test_a_heading_names_nothing() -> None:
    assert assertions("PE: Lungs clear.", "venous_thromboembolism") == []
