"""Kinds of characters, told for all code points at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdi.nlp.loops import kinds
from cdi.nlp.loops.kinds import DIGIT, KINDS, code_points

TESTS = [
    (kinds.BLANK, str.isspace),
    (kinds.LETTER, str.isalpha),
    (kinds.CAPITAL, str.isupper),
    (kinds.SMALL, str.islower),
    (kinds.DECIMAL, str.isdecimal),
    (kinds.ALPHANUMERIC, str.isalnum),
]


@given(st.text(st.characters(codec=None)))
@pytest.mark.parametrize(("kind", "test"), TESTS)
def test_kinds_tell_what_python_tells_of_each_character(
    kind: int, test: Callable[[str], bool], text: str
) -> None:
    told = KINDS.of(code_points(text)) & kind != 0
    assert told.tolist() == [test(character) for character in text]


def test_digits_are_those_of_numbers_in_notes() -> None:
    told = KINDS.of(code_points("4\u00b2\u0664x")) & DIGIT != 0
    assert told.tolist() == [True, False, False, False]


def test_lone_surrogates_have_code_points() -> None:
    assert code_points("a\ud800").tolist() == [97, 0xD800]
