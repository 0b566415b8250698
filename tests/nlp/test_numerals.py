"""Numbers as written and as dictated."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdi.nlp.numerals import SPOKEN, WRITTEN, is_spoken, to_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2.1", 2.1),
        ("11,700", 11_700),
        ("1,234,567.5", 1_234_567.5),
        (".5", 0.5),
        ("0", 0),
        ("0.06", 0.06),
        ("85000", 85_000),
    ],
)
def test_digits(text: str, number: float) -> None:
    assert re.fullmatch(WRITTEN, text)
    assert to_number(text) == number


@pytest.mark.parametrize("text", ["0500", "007", "2,1", "1,23", "12345678", "1.23456", ""])
def test_times_and_torn_numbers_are_none(text: str) -> None:
    assert re.fullmatch(WRITTEN, text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("two point one", 2.1),
        ("zero point oh six", 0.06),
        ("ninety-eight point six", 98.6),
        ("one hundred and one point four", 101.4),
        ("one hundred eighty", 180),
        ("eleven thousand seven hundred", 11_700),
        ("twenty five", 25),
        ("hundred", 100),
        ("five two", None),
        ("twenty thirty", None),
        ("ten five", None),
    ],
)
def test_words(text: str, number: float | None) -> None:
    match = re.match(SPOKEN, text)
    assert match is not None
    assert match[0] == text
    assert is_spoken(text)
    assert to_number(text) == number


@given(st.text(alphabet="onetwhrfivsxgluda -pd", max_size=30))
def test_whatever_the_words_there_is_a_number_or_none(text: str) -> None:
    match = re.match(SPOKEN, text)
    if match is not None:
        number = to_number(match[0])
        assert number is None or number >= 0
