"""Quantities and spans of time as rule authors write them: "0.3 mg/dL", "48 h"."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator

_NUMBER = re.compile(r"^\s*(?P<number>[-+]?\d+(?:\.\d+)?)\s*(?P<rest>\S.*?)?\s*$")
_TIMES = {"min": 1 / 60, "h": 1, "d": 24, "wk": 24 * 7, "mo": 24 * 30.4375}


class Quantity(NamedTuple):
    """A number and its unit; the unit is empty for pure numbers such as a ratio or a score."""

    value: float
    unit: str

    def __str__(self) -> str:
        """Return it as it is written in a rule."""
        return f"{self.value:g} {self.unit}".strip()


def parse_quantity(text: Any) -> Quantity:
    """Parse "0.3 mg/dL".

    Raises:
        ValueError: it does not begin with a number.
    """
    if isinstance(text, Quantity):
        return text
    match = _NUMBER.match(str(text))
    if match is None:
        raise ValueError(f"expected a number and a unit such as `2.1 mg/dL`, found `{text}`")
    return Quantity(float(match["number"]), match["rest"] or "")


def parse_duration(text: Any) -> timedelta:
    """Parse "48 h", "7 d", "30 min", "2 wk" or "3 mo" (a month is a twelfth of a year).

    Raises:
        ValueError: the number or the unit is missing or unknown.
    """
    if isinstance(text, timedelta):
        return text
    number, unit = parse_quantity(text)
    if unit not in _TIMES:
        raise ValueError(f"expected a time such as `48 h` or `7 d`, found `{text}`")
    return timedelta(hours=number * _TIMES[unit])


QuantityField = Annotated[Quantity, BeforeValidator(parse_quantity)]
DurationField = Annotated[timedelta, BeforeValidator(parse_duration)]
