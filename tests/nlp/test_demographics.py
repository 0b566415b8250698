"""Age and sex as notes state them."""

from __future__ import annotations

import pytest

from cdi.nlp.demographics import read_age, read_sex


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("The patient is a 68-year-old gentleman.", 68),
        ("71 y/o M with dyspnea", 71),
        ("63F, chest pressure", 63),
        ("82 yo woman", 82),
        ("A 10-week-old infant", 0),
        ("18-month-old boy", 1),
        ("5 days old", 0),
        ("Newborn male, Apgar 9.", 0),
        ("Temperature 98.2 F.", None),
        ("T 101F, BP 120/80", None),
        ("Seen in clinic 3 weeks ago.", None),
        ("", None),
    ],
)
def test_age(text: str, age: int | None) -> None:
    assert read_age(text) == age


@pytest.mark.parametrize(
    ("text", "sex"),
    [
        ("A 50-year-old female", "female"),
        ("Mr. Doe says his wife noticed it", "male"),
        ("She lives with her son", "female"),
        ("The shed is there", None),
        ("", None),
    ],
)
def test_sex(text: str, sex: str | None) -> None:
    assert read_sex(text) == sex
