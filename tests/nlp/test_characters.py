"""Kinds of characters, told for all code points at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdi.nlp.characters import BLANK, CAPITAL, DIGIT, LETTER, Kind, code_points

KINDS = [
    (BLANK, str.isspace),
    (CAPITAL, str.isupper),
    (LETTER, str.isalpha),
]


@given(st.text(st.characters(codec=None)))
@pytest.mark.parametrize(("kind", "test"), KINDS)
def test_kinds_tell_what_python_tells_of_each_character(kind: Kind, test, text: str) -> None:
    assert kind.mask(code_points(text)).tolist() == [test(character) for character in text]


def test_digits_are_those_of_numbers_in_notes() -> None:
    assert DIGIT.mask(code_points("4\u00b2\u0664x")).tolist() == [True, False, False, False]


def test_lone_surrogates_have_code_points() -> None:
    assert code_points("a\ud800").tolist() == [97, 0xD800]
