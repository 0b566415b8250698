"""Quantities and times as rule authors write them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cdi.rules.quantity import Quantity, parse_duration, parse_quantity


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.3 mg/dL", Quantity(0.3, "mg/dL")),
        ("100pg/mL", Quantity(100, "pg/mL")),
        ("7.35", Quantity(7.35, "")),
        (40, Quantity(40, "")),
        ("40 %", Quantity(40, "%")),
        ("-5 mmol/L", Quantity(-5, "mmol/L")),
        ("12 10*3/uL", Quantity(12, "10*3/uL")),
    ],
)
def test_a_quantity_is_a_number_and_a_unit(text: object, expected: Quantity) -> None:
    assert parse_quantity(text) == expected


@pytest.mark.parametrize("text", ["mg/dL", "", "high", "> 3 mg"])
def test_what_does_not_begin_with_a_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected a number and a unit"):
        parse_quantity(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("48 h", timedelta(hours=48)),
        ("7 d", timedelta(days=7)),
        ("30 min", timedelta(minutes=30)),
        ("2 wk", timedelta(weeks=2)),
    ],
)
def test_a_time_has_a_unit(text: str, expected: timedelta) -> None:
    assert parse_duration(text) == expected


@pytest.mark.parametrize("text", ["48", "48 hours", "soon"])
def test_a_time_without_a_known_unit_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        parse_duration(text)


def test_a_quantity_is_shown_as_written() -> None:
    assert str(Quantity(0.3, "mg/dL")) == "0.3 mg/dL"
    assert str(Quantity(7.35, "")) == "7.35"
