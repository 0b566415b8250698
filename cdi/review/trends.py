"""Rises, falls and ratios among the values of an analyte.

Linear in the number of values up to sorting: a stay of two months has thousands, and comparing
each with each would take minutes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from cdi.domain.finding import NoteSpan
from cdi.domain.reading import Timing
from cdi.review.facts import Value

# A value and an earlier one this near in one text are one trend ("2.1, up from 1.2").
_ONE_TREND = 100
# The next value of a series stands this near.
_SERIES = 40
# Keeps 1.5 - 1.2 from missing 0.3.
_ROUNDING = 1e-9


class Change(NamedTuple):
    """What to look for, in the canonical unit; None where it is not asked for."""

    rise: float | None
    fall: float | None
    ratio: float | None
    within: timedelta


class Pair(NamedTuple):
    """Two values, the earlier first."""

    earlier: Value
    later: Value

    @property
    def size(self) -> float:
        """How far apart they are."""
        return abs(self.later.low - self.earlier.high)


def find_change(values: Sequence[Value], change: Change) -> Pair | None:
    """Return the pair that shows the change most, None if none does.

    KDIGO AKI guideline 2012, section 2.1: a rise counts within its window; a ratio against the
    baseline, stated or the lowest value of the window, which may come after the peak. A range
    counts with its upper end when others are measured against it.
    """
    shown = [pair for pair in _pairs(values, change) if _shows(pair, change)]
    return max(shown, key=lambda pair: pair.size, default=None)


def around(values: Sequence[Value], new: Sequence[Value], within: timedelta) -> list[Value]:
    """Return the values that may form a pair with new ones, in the order of the record.

    Those within the window of a new one, the highest, and all that are no current measurement or
    have no time.
    """
    times = [_hours(value) for value in new if value.time]
    if len(new) == len(values) or not times:
        return list(values)
    hours = within.total_seconds() / 3600
    first, last = min(times) - hours, max(times) + hours
    highest = max(values, key=lambda value: value.low)
    return [
        value
        for value in values
        if value.time is None
        or value.timing is not Timing.CURRENT
        or first <= _hours(value) <= last
        or value is highest
    ]


def of_this_stay(value: Value, values: Iterable[Value]) -> bool:
    """Tell whether a value may pass a threshold: it is current, or begins a written series.

    In "Na 118 -> 131" the first value is earlier than the second and still of this stay; in
    "2.1, up from 1.2 last year" the earlier one stands behind.
    """
    if value.timing is not Timing.PRIOR:
        return value.timing is Timing.CURRENT
    first = value.pointers[0]
    return isinstance(first, NoteSpan) and any(
        isinstance(span, NoteSpan)
        and span.note_id == first.note_id
        and 0 < span.end - first.end <= _SERIES
        for later in values
        if later.timing is Timing.CURRENT
        for span in later.pointers[:1]
    )


def _shows(pair: Pair, change: Change) -> bool:
    earlier, later = pair
    rises = change.rise is not None and later.low - earlier.high >= change.rise - _ROUNDING
    falls = change.fall is not None and earlier.low - later.high >= change.fall - _ROUNDING
    if rises or falls:
        return later.order > earlier.order or earlier.timing is not Timing.CURRENT
    return change.ratio is not None and later.low >= change.ratio * earlier.high - _ROUNDING


def _pairs(values: Sequence[Value], change: Change) -> Iterator[Pair]:
    """Yield the pairs worth judging: for each value the extreme ones it may be compared with."""
    current = [value for value in values if value.timing is Timing.CURRENT]
    if not current:
        return
    in_order = _in_order(current)
    yield from _extremes(in_order, change.within, lowest=True)
    if change.fall is not None:
        yield from _extremes(in_order, change.within, lowest=False)
    if change.ratio is not None:
        yield from _extremes(in_order[::-1], change.within, lowest=True)
        highest = max(current, key=lambda value: value.low)
        stated = [v for v in values if v.timing in {Timing.BASELINE, Timing.PRIOR}]
        yield from (Pair(value, highest) for value in stated)
        yield from _recoveries(values, current)
    yield from _stated_trends(values, current)


def _in_order(values: Iterable[Value]) -> list[Value]:
    """Sort by time, then by place in the record; number anew so that ``order`` says it all.

    Values without a time stand among those of their own kind, by place alone.
    """
    timed = sorted((v for v in values if v.time), key=lambda v: (_hours(v), v.order))
    untimed = sorted((v for v in values if not v.time), key=lambda v: v.order)
    return [value._replace(order=number) for number, value in enumerate([*untimed, *timed])]


def _extremes(values: Sequence[Value], within: timedelta, *, lowest: bool) -> Iterator[Pair]:
    """Yield each value with the lowest (or highest) one before it in its window."""
    hours = within.total_seconds() / 3600
    window: deque[Value] = deque()
    for value in values:
        while window and not _near(window[0], value, hours):
            window.popleft()
        if window:
            yield Pair(window[0], value)
        while window and _beats(value, window[-1], lowest):
            window.pop()
        window.append(value)


def _near(one: Value, other: Value, hours: float) -> bool:
    if one.time is None or other.time is None:
        return one.time is other.time
    return abs(_hours(other) - _hours(one)) <= hours


def _beats(value: Value, other: Value, lowest: bool) -> bool:
    return value.high <= other.high if lowest else value.low >= other.low


def _hours(value: Value) -> float:
    return value.time.timestamp() / 3600 if value.time else 0.0


def _recoveries(values: Sequence[Value], current: Sequence[Value]) -> Iterator[Pair]:
    """Yield the lowest current value with each higher one that began a series of this stay.

    "Creatinine 2.4 on admission, 1.1 at discharge" has its baseline behind the peak.
    """
    lowest = min(current, key=lambda value: value.high)
    for value in values:
        if value.timing is Timing.PRIOR and of_this_stay(value, current):
            yield Pair(lowest, value)


def _stated_trends(values: Sequence[Value], current: Sequence[Value]) -> Iterator[Pair]:
    """Yield earlier values told in one breath with a current one, whatever their distance."""
    by_note: dict[str, list[tuple[int, int, Value]]] = {}
    for number, value in enumerate(current):
        span = value.pointers[0]
        if isinstance(span, NoteSpan):
            by_note.setdefault(span.note_id, []).append((span.end, number, value))
    for places in by_note.values():
        places.sort(key=lambda place: place[:2])
    for value in values:
        span = value.pointers[0]
        if value.timing is not Timing.PRIOR or not isinstance(span, NoteSpan):
            continue
        places = by_note.get(span.note_id, [])
        for end, _, later in places[bisect_left(places, (span.end - _ONE_TREND,)) :]:
            if end > span.end + _ONE_TREND:
                break
            yield Pair(value, later)
