"""Codes for words: what physicians write finds the code that a coder would look up."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from cdi import resources
from cdi.errors import ResourceNotFound
from cdi.nlp.code_index import CodeIndex, read_codes
from cdi.rules.catalogue import load_catalogue
from cdi.workflow.opening import open_codes

FREE_TEXTS = Path(__file__).parent / "free_text_codes.tsv"


@pytest.fixture(scope="module")
def index() -> CodeIndex:
    path = resources.models() / "codes" / "icd10cm.tsv.gz"
    return CodeIndex(path, [("D62", "Acute blood loss anemia"), ("X99.99", "Nothing")])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("High-output failure", "I50.83"),
        ("acute on chronic  systolic heart failure", "I50.23"),
        ("Toxic metabolic encephalopathy", "G92.8"),
        ("Stage 3 pressure ulcer of the sacral region", "L89.153"),
        ("severe protein calorie malnutrition", "E43"),
        ("Type 2 MI due to demand ischemia", "I21.A1"),
        ("pnemonia due to klebsiella", "J15.0"),
        ("Acute blood loss anemia", "D62"),
    ],
)
def test_words_find_their_code_first(index: CodeIndex, words: str, code: str) -> None:
    assert index.propose(words)[0].code == code


def test_proposals_are_ranked_distinct_and_few(index: CodeIndex) -> None:
    proposals = index.propose("chronic systolic heart failure", limit=4)
    scores = [proposal.score for proposal in proposals]
    assert len({proposal.code for proposal in proposals}) == 4
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)
    assert all(index.title(proposal.code) == proposal.title for proposal in proposals)


@pytest.fixture(scope="module")
def codes() -> CodeIndex:
    """The index as the desk opens it."""
    return open_codes(load_catalogue())


def test_short_forms_and_what_was_asked_find_the_codes_coders_look_up(codes: CodeIndex) -> None:
    lines = FREE_TEXTS.read_text(encoding="utf-8").splitlines()[1:]
    cases = [line.split("\t") for line in lines]
    places = []
    for words, about, wanted in cases:
        assert all(codes.title(code) for code in wanted.split()), words
        proposed = [proposal.code for proposal in codes.propose(words, 3, about=about)]
        places.append(next((proposed.index(c) for c in proposed if c in wanted.split()), None))
    assert len(places) == 65
    assert places.count(0) >= 58
    assert len(places) - places.count(None) >= 63


@pytest.mark.parametrize(
    ("words", "code"),
    [("systolic, chronic", "I50.22"), ("ATN", "N17.0"), ("due to alcohol withdrawal", "F10.931")],
)
def test_words_that_only_specify_are_completed_by_what_was_asked(
    codes: CodeIndex, words: str, code: str
) -> None:
    about = {"I": "heart failure", "N": "acute kidney injury", "F": "delirium"}[code[0]]
    assert code in [proposal.code for proposal in codes.propose(words, 5, about=about)]


def test_no_code_of_newborns_is_proposed(codes: CodeIndex) -> None:
    proposed = codes.propose("hypernatremia of newborn", 20)
    assert proposed
    assert not [proposal.code for proposal in proposed if proposal.code.startswith("P")]


@pytest.mark.parametrize("words", ["", "   ", "xyzzy qqq", "?!"])
def test_words_that_are_like_no_term_have_no_code(index: CodeIndex, words: str) -> None:
    assert index.propose(words) == ()


def test_the_list_holds_codes_that_may_be_reported(index: CodeIndex) -> None:
    assert index.title("I50.23") == "Acute on chronic systolic (congestive) heart failure"
    assert index.title("N18.3") == ""
    assert index.title("X99.99") == ""


def test_a_missing_list_is_named(tmp_path: Path) -> None:
    with pytest.raises(ResourceNotFound, match="no list of codes"):
        list(read_codes(tmp_path / "none.tsv.gz"))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("I50.2", "I50.20"),
        ("i502", "I50.20"),
        ("acute sys", "I50.21"),
        ("press ulc sacral stage 3", "L89.153"),
        ("acute blood los", "D62"),
        ("pnemonia due to klebsiella", "J15.0"),
    ],
)
def test_what_is_typed_finds_codes_before_it_is_finished(
    index: CodeIndex, typed: str, code: str
) -> None:
    assert code in [proposal.code for proposal in index.search(typed)]


@pytest.mark.parametrize("typed", ["", " ", "I", "xyzzy qqq"])
def test_what_is_typed_too_short_or_like_nothing_finds_none(index: CodeIndex, typed: str) -> None:
    assert index.search(typed) == ()


def test_a_search_is_short_and_fast_enough_for_each_key(index: CodeIndex) -> None:
    began = time.perf_counter()
    found = index.search("acute")
    assert len({proposal.code for proposal in found}) == 12
    assert time.perf_counter() - began < 0.5
