"""The gate: every phrase on word boundaries, with offsets of the original text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdi.nlp.gate import Gate
from cdi.nlp.joined import JoinedTexts

TOKENS = st.sampled_from(["a", "ab", "b", "b2", "\u00e9", "\u00df", "/", "(", ">="])
PATTERNS = st.lists(st.lists(TOKENS, min_size=1, max_size=4), min_size=1, max_size=8)
TEXTS = st.lists(
    st.lists(TOKENS | st.sampled_from(["_", "\U0001f600", "\x0b"]), max_size=12), max_size=4
)
BETWEEN = st.sampled_from(["", " "])


def find(patterns: list[str], text: str) -> list[tuple[int, int, int]]:
    (part,) = Gate(patterns).deal(JoinedTexts([text]))
    return list(part.by_text()[0].rows())


def found(patterns: list[str], text: str) -> list[str]:
    return [text[start:end] for _, start, end in find(patterns, text)]


def test_case_hyphens_and_white_space_do_not_matter() -> None:
    text = "Heart\n   FAILURE, non-insulin  dependent"
    assert found(["heart failure", "non insulin dependent"], text) == [
        "Heart\n   FAILURE",
        "non-insulin  dependent",
    ]


def test_a_phrase_inside_a_word_is_no_hit() -> None:
    assert found(["chf", "pe"], "CHFs, peptic, type, CHF2") == []
    assert found(["chf"], "(CHF)/CHF.") == ["CHF", "CHF"]


def test_a_hit_is_not_lost_behind_a_longer_one_that_ends_inside_a_word() -> None:
    assert found(["renal failure", "renal fail", "failure"], "renal failures of renal failure") == [
        "renal failure",
        "failure",
    ]


def test_phrases_that_end_in_signs_stand_against_anything() -> None:
    assert found(["2/2", "(+)"], "AKI 2/2 sepsis (+)ve") == ["2/2", "(+)"]


def test_equal_phrases_are_each_reported() -> None:
    assert find(["CHF", "chf"], "chf") == [(0, 0, 3), (1, 0, 3)]


def test_the_first_patterns_are_found_in_the_plural_too() -> None:
    gate = Gate(["stroke", "sepsis", "CVA", "PE"], ["cue", "stroke"], plurals=True)
    text = "strokes, sepsiss, CVAs, PEs, cues, strokesx, cue"
    parts = [part.by_text()[0] for part in gate.deal(JoinedTexts([text]))]
    dealt = [[text[start:end] for _, start, end in part.rows()] for part in parts]
    assert dealt == [["strokes", "CVAs"], ["cue"]]


def test_no_patterns_find_nothing() -> None:
    assert find([], "anything") == []


def test_capitals_that_grow_when_lowered_keep_the_offsets() -> None:
    text = "\u0130\u0130 CHF"
    assert find(["chf"], text) == [(0, 3, 6)]


def test_words_between_signs_are_words() -> None:
    assert found(["h/o", "o"], "h/o, (o)") == ["h/o", "o", "o"]


def test_hits_come_by_start_the_longest_first() -> None:
    assert find(["of", "b of a", "b", "a", "B", "b of"], "b of a b") == [
        (1, 0, 6),
        (5, 0, 4),
        (2, 0, 1),
        (4, 0, 1),
        (0, 2, 4),
        (3, 5, 6),
        (2, 7, 8),
        (4, 7, 8),
    ]


def test_a_phrase_of_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="pattern 1 is empty"):
        Gate(["a", " -"])


def test_more_hits_than_were_expected_are_found() -> None:
    text = "a a a a " * 300
    assert len(find(["a", "a a", "a a a", "a a a a"], text)) == 4 * 1200 - 6


@given(PATTERNS, TEXTS, st.data())
def test_every_phrase_is_found_where_it_stands(
    patterns: list[list[str]], texts: list[list[str]], data: st.DataObject
) -> None:
    def written(tokens: list[str]) -> str:
        between = [data.draw(BETWEEN) for _ in tokens[1:]]
        return "".join(a + b for a, b in zip(tokens, [*between, ""], strict=False))

    phrases, notes = [*map(written, patterns)], [*map(written, texts)]
    (part,) = Gate(phrases).deal(JoinedTexts(notes))
    assert [sorted(hits.rows()) for hits in part.by_text()] == [
        sorted(
            (number, at.start(), at.start() + len(phrase))
            for number, phrase in enumerate(phrases)
            for at in re.finditer(_alone(phrase), note)
        )
        for note in notes
    ]


def _alone(phrase: str) -> str:
    before = r"(?<![^\W_])" if phrase[0].isalnum() else ""
    after = r"(?![^\W_])" if phrase[-1].isalnum() else ""
    return f"{before}(?={re.escape(phrase)}{after})"


@given(st.text(max_size=80), st.text(max_size=80))
def test_a_phrase_is_found_wherever_it_stands_alone(before: str, after: str) -> None:
    text = f"{before} atrial fibrillation {after}"
    assert (0, len(before) + 1, len(before) + 20) in find(["atrial fibrillation"], text)
