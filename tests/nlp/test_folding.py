"""Folding: one code point for one code point, in phrases and in texts alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdi.nlp.folding import FOLDS, fold_pattern, lower_case
from cdi.nlp.loops.folds import BLANK, CODE, SPACE, WORD
from cdi.nlp.loops.kinds import code_points


@pytest.mark.parametrize(
    ("pattern", "folded"),
    [
        ("Heart  Failure", "heart failure"),
        ("non\u2013ST-elevation\u00a0MI ", "non st elevation mi"),
        ("Crohn\u2019s", "crohn's"),
        ("\u0130\u03a3", "\u0130\u03c3"),  # one grows when lowered, one has two small forms
        ("a\ud800", "a\ufffd"),
    ],
)
def test_phrases_are_folded(pattern: str, folded: str) -> None:
    assert fold_pattern(pattern) == folded


@pytest.mark.parametrize(
    ("text", "lower"),
    [
        ("CHF, AKI", "chf, aki"),
        ("\u00c9TAT", "\u00e9tat"),
        ("\u0130 CHF", "\u0130 chf"),  # would become two characters
    ],
)
def test_lower_case_keeps_every_character_in_its_place(text: str, lower: str) -> None:
    assert lower_case(text) == lower


@given(st.text(st.characters(codec=None), min_size=1))
def test_loops_fold_each_character_as_phrases_are(text: str) -> None:
    codes = code_points(text)
    FOLDS.learn(codes)
    for character, entry in zip(text, FOLDS.entries[codes].tolist(), strict=True):
        folded = fold_pattern(f"x{character}x")[1:-1]
        told = (bool(entry & WORD), bool(entry & BLANK), bool(entry & SPACE))
        assert chr(entry & CODE) == folded
        assert told == (folded.isalnum(), folded == " ", folded.isspace())
