"""Texts behind one another: what stands where, and nothing across two of them."""

from __future__ import annotations

import numpy as np

from cdi.nlp.gate import Gate
from cdi.nlp.joined import JoinedTexts


def test_each_text_keeps_its_hits_and_their_offsets() -> None:
    texts = ["CHF, no AKI", "", "AKI", "nothing", "(+) CHF"]
    joined = JoinedTexts(texts)
    (found,) = Gate(["chf", "aki", "(+)"]).deal(joined)
    assert [
        [text[hit.start : hit.end] for hit in part.hits()]
        for text, part in zip(texts, found.by_text(), strict=True)
    ] == [["CHF", "AKI"], [], ["AKI"], [], ["(+)", "CHF"]]


def test_no_phrase_is_found_across_two_texts() -> None:
    joined = JoinedTexts(["acute", "renal", "failure"])
    (found,) = Gate(["acute renal failure", "renal failure", "acute renal"]).deal(joined)
    assert [part.hits() for part in found.by_text()] == [[], [], []]


def test_places_are_dealt_out_in_stretches() -> None:
    joined = JoinedTexts(["ab", "", "cd"])
    assert joined.text[joined.starts[2] :] == "cd"
    assert joined.stretches(np.array([0, 1, 4])) == [(0, 0, 2), (3, 2, 2), (4, 2, 3)]
