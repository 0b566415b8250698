"""Texts behind one another: what stands where, and nothing across two of them."""

from __future__ import annotations

from cdi.nlp.gate import Gate
from cdi.nlp.joined import JoinedTexts


def test_each_text_keeps_its_hits_and_their_offsets() -> None:
    texts = ["CHF, no AKI", "", "AKI", "nothing", "(+) CHF"]
    joined = JoinedTexts(texts)
    (found,) = Gate(["chf", "aki", "(+)"]).deal(joined)
    assert [
        [text[start:end] for _, start, end in part.rows()]
        for text, part in zip(texts, found.by_text(), strict=True)
    ] == [["CHF", "AKI"], [], ["AKI"], [], ["(+)", "CHF"]]


def test_no_phrase_is_found_across_two_texts() -> None:
    joined = JoinedTexts(["acute", "renal", "failure"])
    (found,) = Gate(["acute renal failure", "renal failure", "acute renal"]).deal(joined)
    assert [[*part.rows()] for part in found.by_text()] == [[], [], []]


def test_each_text_begins_behind_a_mark() -> None:
    joined = JoinedTexts(["ab", "", "c\u00e9"])
    assert joined.text == "ab\x01\x01c\u00e9"
    assert joined.starts.tolist() == [0, 3, 4]
    assert joined.bounds.tolist() == [0, 3, 4, 7]
    assert joined.codes.tolist() == [97, 98, 1, 1, 99, 233, 1]
    assert len(joined.kinds) == 7
