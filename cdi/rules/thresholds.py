"""Thresholds of indicators in the unit of their analyte."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf, nextafter
from typing import NamedTuple

from cdi.rules.measurements import Analyte
from cdi.rules.quantity import Quantity
from cdi.rules.schema import Indicator


def canonical(quantity: Quantity, analyte: Analyte) -> float:
    """Return a quantity as a number in the analyte's canonical unit; without a unit as it is.

    Raises:
        UnitError: the unit is unknown or measures something else.
    """
    if not quantity.unit or quantity.unit == analyte.unit:
        return quantity.value
    return analyte.convert(quantity.value, quantity.unit)


def quantities(indicator: Indicator) -> Iterator[tuple[str, Quantity]]:
    """Yield every quantity an indicator is tested against, with its key."""
    for key in ("above", "at_least", "below", "at_most", "rise", "fall"):
        quantity = getattr(indicator, key)
        if quantity is not None:
            yield key, quantity
    for quantity in indicator.between or ():
        yield "between", quantity


def bounds(low: float, high: float, comparator: str) -> tuple[float, float]:
    """Return the lowest and highest a value may be ("< 20" is anything below 20)."""
    if comparator == "<":
        return -inf, nextafter(high, -inf)
    if comparator == ">":
        return nextafter(low, inf), inf
    return low, high


class Range(NamedTuple):
    """What a value must be: above and below two limits, and not beyond two others."""

    above: float = -inf
    at_least: float = -inf
    below: float = inf
    at_most: float = inf

    def holds(self, low: float, high: float) -> bool:
        """Tell whether a value passes that is known to lie between ``low`` and ``high``."""
        above, at_least, below, at_most = self
        reaches = (low > above or above == -inf) and low >= at_least
        return reaches and (high < below or below == inf) and high <= at_most


def accepted(indicator: Indicator, analyte: Analyte, sex: str | None) -> Range:
    """Return what an indicator asks of a single value of an analyte; all that is given holds."""
    above = _limit(indicator.above, analyte, -inf)
    at_least = _limit(indicator.at_least, analyte, -inf)
    below = _limit(indicator.below, analyte, inf)
    at_most = _limit(indicator.at_most, analyte, inf)
    if indicator.between:
        at_least = canonical(indicator.between[0], analyte)
        at_most = canonical(indicator.between[1], analyte)
    if indicator.above_reference:
        above = max(above, analyte.reference_high(sex))
    if indicator.below_reference:
        below = min(below, analyte.reference_low(sex))
    return Range(above, at_least, below, at_most)


def _limit(quantity: Quantity | None, analyte: Analyte, otherwise: float) -> float:
    return otherwise if quantity is None else canonical(quantity, analyte)
