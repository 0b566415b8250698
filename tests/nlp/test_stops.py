"""Full stops that end a sentence: what is found in many texts at once is what is said of each."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdi.nlp.joined import JoinedTexts
from cdi.nlp.loops import stops
from cdi.nlp.loops.compiler import compiled
from cdi.nlp.loops.kinds import KINDS, code_points
from cdi.nlp.sentences import split_all, split_sentences

behind_stop = compiled(stops.behind_stop)

PIECES = st.sampled_from(
    ["pain", "Pt", "vs", "Dr", "approx", "e.g", "C", "I", "2", "mg", "%", ")", "(", ".", "?", "!",
     "...", " ", "  ", "\n", ",", "\u201d", "\u2013", "the", "The", "She", "\u00e9", "\u00c9",
     "\u00a0", "*"]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=12).map("".join)
# What may stand between the stop and the next sentence.
BEHIND = re.compile(r"[.!?]++[)\]\"'\u201d\u2019*]*(?:\s+|,(?=[A-Z0-9])|(?=[A-Z][a-z]))")


@settings(deadline=None)  # the first call compiles
@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_stops_do_not_depend_on_the_texts_around(texts: list[str]) -> None:
    split = split_all(JoinedTexts(texts), [()] * len(texts))
    assert split == [split_sentences(text, ()) for text in texts]


@settings(deadline=None)  # the first call compiles
@given(TEXTS)
def test_a_sentence_may_begin_where_the_expression_ends(text: str) -> None:
    codes = code_points(text + "x")
    kinds = KINDS.of(codes)
    for stop, sign in enumerate(text):
        if sign in ".?!":
            found = BEHIND.match(text, stop)
            assert behind_stop(codes, kinds, stop, len(text)) == (found.end() if found else -1)


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
        ("VS. The same.", ""),
        ("Rested \u2018vs. The same.", ""),
        ("Went caf\u00e9. The same.", "The"),
        ("Went caf\u00e9. \u00c9tienne came.", "\u00c9tienne"),
        ("Went xyz. \u00e9tienne came.", "\u00e9tienne"),
        ("Went xvz. \u00e9tienne came.", ""),
        ("Went xv\u0130. \u00e9tienne came.", "\u00e9tienne"),
        ("About 5 m\u00b2 X. Drawn.", "Drawn."),
        ("About m\u00b2 L. Drawn.", "Drawn."),
        ("About \u0663 L. Drawn.", "Drawn."),
        ("About \u00bd L. Drawn.", ""),
        ("About \u00bd L. Then off.", "Then"),
        ("About \u00b2.5. 7 days", "7"),
        ("About \u00bd.5. 7 days", ""),
        ("About p.o. 7 days", ""),
        ("Grew E. Coli.", ""),
        ("Had grown E. Coli.", "Coli."),
        ("Fine\u2026 .. He left.", "He"),
        ("Fine .. he left.", ""),
        ("Well! he left.", ""),
        ("Well! He left.", "He"),
        ("Well? \u00c9tienne left.", "\u00c9tienne"),
    ],
)
def test_a_sentence_begins_behind_a_stop(text: str, begins: str) -> None:
    sentences = split_sentences(text, ())
    begun = [text[start:].partition(" ")[0] for start, _, _ in sentences[1:]]
    assert begun == list(filter(None, [begins]))
