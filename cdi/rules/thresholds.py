"""Thresholds of indicators in the unit of their analyte."""

from __future__ import annotations

from collections.abc import Iterator

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
