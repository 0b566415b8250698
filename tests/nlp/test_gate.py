"""The gate: every phrase on word boundaries, with offsets of the original text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cdi.nlp.gate import FoldedText, Gate, fold_pattern


def found(patterns: list[str], text: str) -> list[str]:
    return [text[hit.start : hit.end] for hit in Gate(patterns).find(text)]


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
    assert [hit.pattern for hit in Gate(["CHF", "chf"]).find("chf")] == [0, 1]


def test_the_first_patterns_are_found_in_the_plural_too() -> None:
    gate = Gate(["stroke", "sepsis", "CVA", "PE"], ["cue", "stroke"], plurals=True)
    text = "strokes, sepsiss, CVAs, PEs, cues, strokesx, cue"
    dealt = [[text[hit.start : hit.end] for hit in part.hits()] for part in gate.deal(text)]
    assert dealt == [["strokes", "CVAs"], ["cue"]]


def test_no_patterns_find_nothing() -> None:
    assert Gate([]).find("anything") == []


def test_capitals_that_grow_when_lowered_keep_the_offsets() -> None:
    text = "\u0130\u0130 CHF"
    assert [(hit.start, hit.end) for hit in Gate(["chf"]).find(text)] == [(3, 6)]


@given(st.text(alphabet="ab \n\t-\u00a0\u2013X", max_size=40))
def test_folding_keeps_every_character_in_its_place(text: str) -> None:
    folded = FoldedText(text)
    for at, character in zip(folded.places[:-1], folded.text, strict=False):
        assert fold_pattern("x" + text[at] + "x")[1:-1] == character


@given(st.text(max_size=80), st.text(max_size=80))
def test_a_phrase_is_found_wherever_it_stands_alone(before: str, after: str) -> None:
    text = f"{before} atrial fibrillation {after}"
    hits = Gate(["atrial fibrillation"]).find(text)
    assert (len(before) + 1, len(before) + 20) in [(hit.start, hit.end) for hit in hits]
