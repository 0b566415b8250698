"""Which words may be a heading, and how they are looked up."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cdi.nlp.heading_index import HeadingIndex, is_capitalised
from cdi.nlp.headings import Candidate, find_candidates
from cdi.nlp.joined import JoinedTexts
from cdi.nlp.loops import labels, leads, words
from cdi.nlp.loops.compiler import compiled
from cdi.nlp.loops.headings import (
    ALONE,
    BARE,
    CAPITALS,
    CONTINUED,
    DASHED,
    DEEP,
    INDENTED,
    INLINE,
    LISTED,
)
from cdi.nlp.loops.kinds import KINDS, code_points
from cdi.nlp.loops.labels import Page
from cdi.nlp.loops.words import SEED, hash_of, word_table
from cdi.resources import models
from cdi.rules.sections import fold_heading, load_sections

fold, look_up, new_page = map(compiled, (labels.fold, labels.look_up, labels.new_page))
has_word, in_title_case = map(compiled, (labels.has_word, labels.is_capitalised))
in_capitals = compiled(leads.in_capitals)
is_used, number_of = map(compiled, (words.is_used, words.number_of))

PLAN = ("Plan", "plan", "plan")
PMH = ("PMH", "pmh", "past_medical_history")


@pytest.fixture(scope="module")
def index() -> HeadingIndex:
    return HeadingIndex(load_sections(models() / "language" / "sections.yaml"))


def found(index: HeadingIndex, text: str) -> list[Candidate]:
    (candidates,) = find_candidates(JoinedTexts([text]), index)
    return candidates.headings


@pytest.mark.parametrize(
    ("text", "candidate"),
    [
        ("PMH: gout", (*PMH, 0, 5, CAPITALS)),
        ("Plan:", (*PLAN, 0, 5, ALONE)),
        ("  Plan", (*PLAN, 2, 6, BARE | ALONE | INDENTED)),
        ("\t1. PMH:, gout", (*PMH, 1, 10, LISTED | INDENTED | CAPITALS)),
        ("(12) PMH: gout", (*PMH, 0, 10, LISTED | CAPITALS)),
        ("\u0661) PMH: gout", (*PMH, 0, 8, LISTED | CAPITALS)),
        ("VIII. Plan", (*PLAN, 0, 10, LISTED | BARE | ALONE)),
        ("\u2022> Plan", (*PLAN, 0, 7, LISTED | BARE | ALONE)),
        ("* Plan", (*PLAN, 0, 6, LISTED | BARE | ALONE)),
        ("**Plan:** rest", (*PLAN, 0, 10, 0)),
        ("# __Plan__", (*PLAN, 0, 10, BARE | ALONE)),
        ("## Odd one", ("Odd one", "odd one", None, 0, 10, BARE | ALONE | DEEP)),
        ("ODD ONE: two", ("ODD ONE", "odd one", None, 0, 9, CAPITALS)),
        ("Old records: two", ("Old records", "old records", None, 0, 13, 0)),
        ("Travel Hx: none", ("Travel Hx", "travel hx", None, 0, 11, 0)),
        ("\u00c9T\u00c9: 2", ("\u00c9T\u00c9", "\u00e9t\u00e9", None, 0, 5, CAPITALS)),
    ],
)
def test_a_line_begins_with_a_heading(
    index: HeadingIndex, text: str, candidate: tuple[object, ...]
) -> None:
    assert found(index, text) == [candidate]


@pytest.mark.parametrize(
    ("text", "candidate"),
    [
        ("He is stable. PMH: gout", (*PMH, 14, 19, INLINE | CAPITALS)),
        ("He is stable  PMH :** gout", (*PMH, 14, 22, INLINE | CAPITALS)),
        ("Is stable. Plan: walk", (*PLAN, 11, 17, INLINE)),
        ("x" * 81 + ". PMH: gout", (*PMH, 83, 88, INLINE | CAPITALS)),
    ],
)
def test_a_heading_stands_inside_a_line(
    index: HeadingIndex, text: str, candidate: tuple[object, ...]
) -> None:
    assert found(index, text) == [candidate]


@pytest.mark.parametrize(
    "text",
    [
        "Odd one",
        "Odd words: x",
        "1. ODD ONE: x",
        "Is stable. Odd One: x",
        "Is stable. ODD ONE: x",
        "Plan.",
        "x" * 77 + " Plan",
        "P - walk.",
        "PLAN -walk.",
        "it goes on\nplan\n",
    ],
)
def test_what_can_open_nothing_is_left_out(index: HeadingIndex, text: str) -> None:
    assert [c for c in found(index, text) if not c.marks & CONTINUED] == []


def test_a_dash_stands_for_a_colon(index: HeadingIndex) -> None:
    plan = ("PLAN/RECS", "plan/recs", index.find("PLAN/RECS"), 0, 13, DASHED | CAPITALS)
    assert found(index, "PLAN/RECS  \u2014 walk.") == [plan]


def test_nothing_is_left_out_of_a_line_that_begins_with_a_dash(index: HeadingIndex) -> None:
    text = "THE FILM - well. ODD ONE: fine"
    assert [c.label for c in found(index, text)] == [
        "THE FILM - well. ODD ONE",
        "ODD ONE",
        "THE FILM",
    ]


def test_a_line_in_lower_case_may_follow_a_title(index: HeadingIndex) -> None:
    title, _ = found(index, "CT HEAD\nplan\nplan\n")
    assert title.label == "CT HEAD"
    assert found(index, "CT HEAD\nplan\n")[1:] == [
        ("plan", "plan", "plan", 8, 12, BARE | ALONE | CONTINUED)
    ]


def test_texts_are_told_apart(index: HeadingIndex) -> None:
    texts = ["PMH: gout\n", "", " \n CT HEAD", "x", "Plan"]
    headings = [
        ([c.label for c in candidates.headings], candidates.title, candidates.title_end)
        for candidates in find_candidates(JoinedTexts(texts), index)
    ]
    assert headings == [
        (["PMH"], -1, -1),
        ([], -1, -1),
        (["CT HEAD"], 3, 10),
        ([], -1, -1),
        (["Plan"], -1, -1),
    ]


LABELS = st.text(
    st.sampled_from(list("aAzZ \t\xa0-&/,()[].:*_'\u2019\xe9\xc9\u01c5\u0130\x1f1")), max_size=80
)


def page(index: HeadingIndex, text: str) -> Page:
    codes = code_points(text)
    return new_page(codes, KINDS.of(codes), index.table, index.conjunction)


@settings(deadline=None)  # the first call compiles
@given(LABELS)
@example("Assessment & Plan (hospital day 2)")
@example("(a (b) c) / [d]")
@example("&" * 80)
def test_labels_are_folded_as_rules_fold_them(index: HeadingIndex, label: str) -> None:
    made = page(index, label)
    start, end = fold(made, 0, len(label))
    if end < 0:
        assert not label.isascii()
        return
    folded = "".join(map(chr, made.folded[start:end]))
    assert folded == fold_heading(label)
    number = look_up(made, start, end)
    assert (index.known[number][1] if number >= 0 else None) == index.find(label)


@settings(deadline=None)  # the first call compiles
@given(LABELS)
def test_capitals_are_what_strings_say(index: HeadingIndex, label: str) -> None:
    made = page(index, label)
    assert in_capitals(made.codes, made.kinds, 0, len(label)) == label.isupper()
    assert in_title_case(made, 0, len(label)) == is_capitalised(label)


def test_too_long_a_label_is_not_folded(index: HeadingIndex) -> None:
    assert fold(page(index, "A" * 81), 0, 81)[1] == -1


@pytest.mark.parametrize(("label", "known"), [("OLD RECORDS 2", True), ("RECORDSX", False)])
def test_a_word_is_found_among_others(index: HeadingIndex, label: str, known: bool) -> None:
    assert has_word(page(index, label), 0, len(label), labels.RECORD) == known


WORDS = st.dictionaries(
    st.text(min_size=1), st.tuples(st.integers(1, 255), st.integers(-2, 1 << 20)), max_size=50
)


@settings(deadline=None)  # the first call compiles
@given(WORDS, st.text(min_size=1))
def test_a_table_knows_its_words(known: dict[str, tuple[int, int]], other: str) -> None:
    table = word_table(known)
    for word, (uses, number) in (known | {other: known.get(other, (0, 0))}).items():
        codes = code_points(word)
        hash_ = np.uint64(hash_of(codes, 0, len(codes)))
        assert [is_used(table, hash_, 1 << bit) for bit in range(8)] == [
            bool(uses & 1 << bit) for bit in range(8)
        ]
        assert number_of(table, hash_, uses, -3) == (number if uses else -3)
    assert not is_used(table, SEED, 255)


def test_words_of_the_same_hash_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cdi.nlp.loops.words.hash_of", lambda *_: 7)
    with pytest.raises(ValueError, match="`b` has the hash of another word"):
        word_table({"a": (1, 0), "b": (1, 1)})
