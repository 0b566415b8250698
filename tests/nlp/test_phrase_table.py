"""The table of phrases finds what a search at every word finds."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from cdi.nlp.characters import LETTER_OR_DIGIT, code_points
from cdi.nlp.phrase_table import PhraseTable

WORDS = st.sampled_from(["a", "ab", "b", "b2", "\u00e9", "\u00df"])
PHRASES = st.lists(st.lists(WORDS, min_size=1, max_size=4).map(" ".join), max_size=8, unique=True)
TEXTS = st.lists(WORDS | st.sampled_from(["/", "_", "\U0001f600"]), max_size=12).map(" ".join)


def found(phrases: list[str], text: str) -> list[tuple[str, int, int]]:
    codes = code_points(text + " ")
    rows = zip(*PhraseTable(phrases).find(codes, LETTER_OR_DIGIT.mask(codes)), strict=True)
    return sorted((phrases[number], int(start), int(end)) for number, start, end in rows)


@given(PHRASES, TEXTS)
def test_every_phrase_is_found_where_it_stands(phrases: list[str], text: str) -> None:
    expected = [
        (phrase, at.start(), at.start() + len(phrase))
        for phrase in phrases
        for at in re.finditer(rf"(?<![^\W_])(?={re.escape(phrase)}(?![^\W_]))", text)
    ]
    assert found(phrases, text) == sorted(expected)


def test_words_between_signs_are_words() -> None:
    assert found(["h/o", "o"], "h/o, (o)") == [("h/o", 0, 3), ("o", 2, 3), ("o", 6, 7)]


def test_no_phrases_and_no_text_find_nothing() -> None:
    assert found([], "a b") == []
    assert found(["a"], "") == []
