"""What a value of an analyte tells of, by where it lies between the thresholds of all indicators.

The thresholds of an analyte cut its values into stretches, and all values of one stretch pass the
same thresholds. Which these are is worked out once for each stretch, so that a value is looked up
and compared with none of the dozens of indicators that test it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import inf, isfinite
from typing import NamedTuple

from cdi.rules.thresholds import Range, bounds


class Step(NamedTuple):
    """An indicator of a condition: its bit, and the ranges any of which makes it true.

    One without ranges looks at how values change.
    """

    condition: str
    bit: int
    ranges: tuple[Range, ...]


class ValueSteps:
    """What the values of one analyte tell of: conditions and bits.

    Attributes:
        changes: what two values may tell of.
    """

    def __init__(self, steps: Iterable[Step]) -> None:
        every = tuple(steps)
        self.changes = _merged(step for step in every if not step.ranges)
        tested = [step for step in every if step.ranges]
        limits = {limit for step in tested for found in step.ranges for limit in found}
        self._points = sorted(filter(isfinite, limits))
        self._any = _merged(tested)
        self._told = [
            _merged(s for s in tested if any(r.holds(value, value) for r in s.ranges))
            for value in _samples(self._points)
        ]

    def told(self, low: float, high: float, comparator: str) -> Sequence[tuple[str, int]]:
        """Return what a value tells of that is stated as a number, a range or a limit.

        What passes with both its ends passes with the lower one.
        """
        if low > high:
            return self._any
        if comparator:
            low, _ = bounds(low, high, comparator)
        points = self._points
        return self._told[bisect_left(points, low) + bisect_right(points, low)]


def _samples(points: Sequence[float]) -> list[float]:
    """Return a value below all points, each point, one behind it, and so on."""
    if not points:
        return [0.0]
    between = [(one + other) / 2 for one, other in pairwise(points)]
    values = [-inf]
    for point, behind in zip(points, (*between, inf), strict=True):
        values += [point, behind]
    return values


def _merged(steps: Iterable[Step]) -> tuple[tuple[str, int], ...]:
    bits: dict[str, int] = {}
    for condition, bit, _ in steps:
        bits[condition] = bits.get(condition, 0) | bit
    return tuple(bits.items())
