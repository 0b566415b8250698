"""The trend of one analyte as a small drawing: points in time, with the reference limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from cdi.domain.encounter import Encounter, Observation
from cdi.domain.timeline import instant
from cdi.rules.measurements import Analytes

WIDTH, HEIGHT = 640, 150
_LEFT, _RIGHT, _TOP, _BOTTOM = 54, 24, 18, 26


class Point(NamedTuple):
    """A value on the drawing."""

    x: float
    y: float
    text: str
    at: datetime | None
    source: str


@dataclass(frozen=True, slots=True)
class Trend:
    """A drawing with its table; ``low`` and ``high`` are the heights of the reference limits."""

    title: str
    unit: str
    points: tuple[Point, ...]
    low: float | None
    high: float | None
    limits: str
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def line(self) -> str:
        """The points of the line."""
        return " ".join(f"{point.x},{point.y}" for point in self.points)


def make_trend(encounter: Encounter, analytes: Analytes, name: str) -> Trend | None:
    """Return the trend of an analyte; None if the encounter holds no number of it.

    Args:
        encounter: the record.
        analytes: units and reference limits.
        name: the analyte, as the observations call it.
    """
    analyte = analytes.get(name)
    seen: list[tuple[Observation, float]] = []
    for value in encounter.observations:
        if value.analyte != name or value.value is None or not value.status.counts:
            continue
        told = analyte.canonical(value.value, value.unit) if analyte else value.value
        if told is not None:
            seen.append((value, told))
    if not seen:
        return None
    seen.sort(key=lambda pair: instant(pair[0].observed_at))
    sex = encounter.patient.sex if encounter.patient else None
    low = analyte.reference_low(sex) if analyte else float("-inf")
    high = analyte.reference_high(sex) if analyte else float("inf")
    numbers = [number for _, number in seen]
    bounds = [bound for bound in (low, high) if abs(bound) != float("inf")]
    least, most = min(numbers + bounds), max(numbers + bounds)
    span = (most - least) or 1.0

    def height(number: float) -> float:
        return round(_TOP + (HEIGHT - _TOP - _BOTTOM) * (1 - (number - least) / span), 1)

    first, last = instant(seen[0][0].observed_at), instant(seen[-1][0].observed_at)
    whole = (last - first) if last > first > float("-inf") else 1.0
    points = tuple(
        Point(
            round(
                _LEFT
                + (WIDTH - _LEFT - _RIGHT)
                * min(max((instant(value.observed_at) - first) / whole, 0.0), 1.0)
                if first > float("-inf")
                else WIDTH / 2,
                1,
            ),
            height(number),
            f"{value.comparator}{number:.4g}",
            value.observed_at,
            value.source,
        )
        for value, number in seen
    )
    return Trend(
        title=(analyte.title if analyte else name.replace("_", " ")),
        unit=analyte.unit if analyte else seen[0][0].unit,
        points=points,
        low=height(low) if abs(low) != float("inf") else None,
        high=height(high) if abs(high) != float("inf") else None,
        limits=" to ".join(f"{bound:.4g}" for bound in bounds),
    )
