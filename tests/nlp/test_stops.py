"""Full stops that end a sentence: what is found in many texts at once is what is said of each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdi.nlp.joined import JoinedTexts
from cdi.nlp.stops import find_stops, is_end

PIECES = st.sampled_from(
    ["pain", "Pt", "vs", "Dr", "approx", "e.g", "C", "I", "2", "mg", "%", ")", "(", ".", "?", "!",
     "...", " ", "  ", "\n", ",", "\u201d", "\u2013", "the", "The", "She"]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=12).map("".join)


def _ends(text: str) -> set[int]:
    (stops,) = find_stops(JoinedTexts([text]))
    doubtful = {end for stop, end in stops.doubtful if is_end(text, stop, end)}
    return {*stops.plain.values(), *doubtful}


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_stops_do_not_depend_on_the_texts_around(texts: list[str]) -> None:
    assert find_stops(JoinedTexts(texts)) == [find_stops(JoinedTexts([t]))[0] for t in texts]


@given(TEXTS)
def test_plain_stops_are_those_of_which_a_closer_look_says_the_same(text: str) -> None:
    (stops,) = find_stops(JoinedTexts([text]))
    assert [is_end(text, stop, end) for stop, end in stops.plain.items()] == [True] * len(
        stops.plain
    )


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("No pain. She rests.", "She"),
        ("? Pneumonia on film.", ""),
        ("No pain. she rests.", "she"),
        ("Lasix vs. Bumex given.", ""),
        ("Seen by Dr. Smith today.", ""),
        ("Took 40 mg. The dose held.", "The"),
        ("Took 40 mg. daily.", ""),
        ("Hepatitis C. She rests.", "She"),
        ("Sodium 128. The potassium is low.", "The"),
        ("(Stable.) The wound is dry.", "The"),
        ("Pain?! The exam is benign.", "The"),
        ("Is ?pneumonia likely.", ""),
        ("He is stable.Patient went home.", "Patient"),
        ("approx. The same.", ""),
    ],
)
def test_a_sentence_begins_behind_a_stop(text: str, begins: str) -> None:
    assert {text[end:].partition(" ")[0] for end in _ends(text)} - {""} == set(
        filter(None, [begins])
    )
