"""Names of analytes: what is one, above all the short ones that count in certain capitals."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdi.nlp.gate import Gate
from cdi.nlp.joined import JoinedTexts
from cdi.nlp.loops.names import find_names
from cdi.nlp.measurement_names import Names, symbol_table
from cdi.resources import models
from cdi.rules.measurements import load_analytes

DOSE = "Mg"
SYMBOLS = ["K", "K+", "Na", "Cr", "Crt", "CR", "CK", "CKs", "HCO3-", "Mg", "U/O", "N.C.", "O2"]


@lru_cache(maxsize=1)
def names() -> tuple[Names, Gate]:
    made = Names(load_analytes(models() / "measurements"))
    return made, Gate(made.patterns())


def found(*notes: str) -> list[list[str]]:
    made, gate = names()
    texts = JoinedTexts(notes)
    named = made.find(texts, *gate.deal(texts))
    return [
        [note[name.start : name.end] for name in of_note]
        for note, of_note in zip(notes, named, strict=True)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("K 4.1, Na+ 140, HCO3- 22", ["K", "Na+", "HCO3-"]),
        ("k 4.1, NAs, xK, K_1, K2, Crx", []),
        ("Cr/Crt/CR", ["Cr", "Crt", "CR"]),
        ("K", ["K"]),
        ("Zocor CR, Zocor \nCR", []),
        ("Zoc CR, ZOCOR CR, zocor CR", ["CR", "CR", "CR"]),
        ("The Cr was, Serum Cr was", ["Cr", "Cr"]),
        ("5 Mg of it, Mg 2.0", ["Mg"]),
        ("5 K", ["K"]),
        ("Hydrochlorothiazidelikesubstances K", ["K"]),
        ("potassium (K) or BUN/Cr", ["potassium", "K", "BUN", "Cr"]),
        ("", []),
    ],
)  # fmt: skip
def test_what_is_a_name(text: str, expected: list[str]) -> None:
    assert found(text) == [expected]


def test_each_text_has_its_own_names() -> None:
    texts = ("K", "", "Zocor", "CR", "BUN", "x")
    assert found(*texts) == [["K"], [], [], ["CR"], ["BUN"], []]


@given(
    st.lists(
        st.sampled_from(SYMBOLS)
        | st.sampled_from([" ", "  ", "\n", "-", "_", "7", "5 ", "Zocor ", "The ", "x", ".", "/"]),
        max_size=12,
    ).map("".join)
)
def test_symbols_are_those_that_stand_alone(text: str) -> None:
    longest = sorted(SYMBOLS, key=len, reverse=True)
    either = "|".join(re.escape(s) + (r"\b" if s[-1].isalnum() else "") for s in longest)
    before = rf"(?<![^\W_])(?<!Zocor )(?<!Zocor \n)(?:(?<![0-9] )(?<![0-9] \n)|(?!{DOSE}\b))"
    expected = [
        (SYMBOLS.index(match[0]), *match.span())
        for match in re.finditer(rf"{before}(?:{either})", text)
    ]
    texts, no_hits = JoinedTexts([text]), np.zeros((3, 0), dtype=np.int64)
    table = symbol_table(SYMBOLS, 0, {DOSE.lower()}, ["the"])
    names, bounds = find_names(
        texts.codes, texts.kinds, texts.bounds, no_hits, np.array([0, 0]), table
    )
    assert list(zip(*names.tolist(), strict=True)) == expected
    assert bounds.tolist() == [0, len(expected)]
