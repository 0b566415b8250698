"""Geometry of small charts that are drawn on the server; a template writes them as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_WIDTH, _HEIGHT = 240.0, 40.0


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a trend, in the units of its picture; ``tip`` says what it stands for."""

    x: float
    y: float
    width: float
    height: float
    tip: str


@dataclass(frozen=True, slots=True)
class Trend:
    """Columns in time; where nothing is known there is none."""

    columns: tuple[Column, ...]
    width: float = _WIDTH
    height: float = _HEIGHT


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar, from ``x`` on, of 100; ``kind`` names its colour."""

    x: float
    width: float
    kind: str
    tip: str


def draw_trend(points: Sequence[tuple[str, float | None]], most: float | None = None) -> Trend:
    """Return a trend of named values.

    Args:
        points: what each column stands for, in words, and how high it is; None for nothing.
        most: the value of a full column; by default the highest.
    """
    known = [value for _, value in points if value is not None]
    full = most or max(known, default=0) or 1
    step = _WIDTH / max(len(points), 1)
    columns = []
    for number, (tip, value) in enumerate(points):
        if value is None:
            continue
        # What is zero is seen too: it was counted.
        height = max(_HEIGHT * min(value / full, 1), 1)
        x, y = step * number + step * 0.12, _HEIGHT - height
        columns.append(
            Column(round(x, 2), round(y, 2), round(step * 0.76, 2), round(height, 2), tip)
        )
    return Trend(tuple(columns))


def draw_split(parts: Sequence[tuple[str, str, int]]) -> tuple[Segment, ...]:
    """Return a bar split by ``(kind, words, number)``; parts of nothing are left out."""
    whole = sum(number for _, _, number in parts)
    segments, x = [], 0.0
    for kind, words, number in parts:
        if number:
            width = 100 * number / whole
            segments.append(Segment(round(x, 2), round(width, 2), kind, f"{words}: {number}"))
            x += width
    return tuple(segments)


def share_of(value: float, most: float) -> float:
    """Return the length of a bar, of 100, that is seen even if short."""
    return round(max(100 * value / most, 0.8), 2) if value and most else 0.0
