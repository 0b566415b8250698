"""Codes and indicators as coding systems write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdi.domain.coding import read_code, read_poa
from cdi.domain.query import PresentOnAdmission


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("I50.31", "I50.31"),
        ("i5031", "I50.31"),
        (" A41.9 ", "A41.9"),
        ("D62", "D62"),
        ("T82.7XXA", "T82.7XXA"),
        ("M1A.0", "M1A.0"),
        ("U071", "U07.1"),
        ("", None),
        ("I50.", None),
        ("I5", None),
        ("heart failure", None),
        ("5A1935Z", None),
        ("I50.31234", None),
        ("I50 31", None),
    ],
)
def test_a_code_is_read_with_or_without_its_dot(text: str, code: str | None) -> None:
    assert read_code(text) == code


@given(st.text(max_size=12))
def test_what_is_read_is_read_again_the_same(text: str) -> None:
    code = read_code(text)
    if code is not None:
        assert read_code(code) == read_code(code.replace(".", "")) == code


@pytest.mark.parametrize(
    ("text", "poa"),
    [
        ("Y", PresentOnAdmission.YES),
        ("n", PresentOnAdmission.NO),
        (" u ", PresentOnAdmission.UNKNOWN),
        ("W", PresentOnAdmission.UNDETERMINED),
        ("", None),
        ("1", None),
        ("exempt", None),
    ],
)
def test_an_indicator_is_read(text: str, poa: PresentOnAdmission | None) -> None:
    assert read_poa(text) is poa


@pytest.mark.parametrize("text", ["X", "yes", "0", "YN"])
def test_what_is_no_indicator_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a valid"):
        read_poa(text)
