"""Axis values find the mention they belong to, and no other."""

from __future__ import annotations

import pytest

from cdi.domain.encounter import Note
from cdi.nlp import load_pipeline


def axes(text: str, condition: str) -> dict[str, set[str]]:
    """Return axis -> values attached to any mention of a condition."""
    reading = load_pipeline().read(Note("n", text))
    found: dict[str, set[str]] = {}
    for attachment in reading.attachments:
        head, value = reading.mentions[attachment.mention], reading.mentions[attachment.value]
        if head.condition == condition:
            found.setdefault(value.name, set()).add(value.value)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Acute on chronic systolic heart failure.", {"systolic"}),
        ("CHF, acute on chronic, systolic.", {"systolic"}),
        ("CHF: acute on chronic, systolic dysfunction.", {"systolic"}),
        ("CHF due to systolic dysfunction.", {"systolic"}),
        ("HFpEF, stable.", {"diastolic"}),
        ("Chronic diastolic CHF.", {"diastolic"}),
        ("CHF. Echo: normal diastolic function.", set()),
        ("CHF and a systolic murmur.", set()),
        ("Systolic blood pressure 120. CHF.", set()),
    ],
)
def test_the_type_of_heart_failure(text: str, expected: set[str]) -> None:
    assert axes(text, "heart_failure").get("type", set()) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Acute renal failure, CHF.", set()),
        ("Chronic kidney disease, CHF.", set()),
        ("CHF, chronic kidney disease.", set()),
        ("CHF, chronic diarrhea.", set()),
        ("CHF, chronic.", {"chronic"}),
        ("Chronic CHF, acute renal failure.", {"chronic"}),
        ("CHF exacerbation.", {"acute on chronic"}),
        ("CHF (chronic diastolic).", {"chronic"}),
        ("1. CHF. Acute on chronic. EF 20 %.", {"acute on chronic"}),
        ("1. CHF. This is an acute on chronic problem.", {"acute on chronic"}),
        ("1. CHF. Chronic cough.", set()),
        ("1. CHF. Lasix. Chronic pain.", set()),
        ("1. CHF.\n2. Chronic.", set()),
    ],
)
def test_the_acuity_of_one_diagnosis_is_not_that_of_its_neighbour(
    text: str, expected: set[str]
) -> None:
    assert axes(text, "heart_failure").get("acuity", set()) == expected


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("AKI due to dehydration.", True),
        ("AKI on CKD, likely secondary to hypovolemia.", True),
        ("Acute renal failure of unclear etiology.", True),
        ("AKI, may be due to dehydration.", False),
        ("AKI. She is short of breath due to pneumonia.", False),
        ("AKI with creatinine up from 1.2 to 2.4.", False),
        ("AKI due to ?sepsis.", False),
        ("1. AKI. Secondary to dehydration.", True),
        ("AKI. This is most likely due to dehydration.", True),
        ("AKI. This may be due to dehydration.", False),
        ("AKI. Creatinine 2.4. Secondary to this she is drowsy.", False),
        ("1. AKI.\n2. Edema due to dehydration.", False),
    ],
)
def test_a_linked_cause_is_stated_and_a_hedged_one_is_not(text: str, stated: bool) -> None:
    assert bool(axes(text, "acute_kidney_injury").get("cause")) is stated
