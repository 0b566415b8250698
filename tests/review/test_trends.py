"""Rises, falls and ratios: against every pair compared by hand, and fast for long stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdi.domain.finding import NoteSpan, ObservationPointer
from cdi.domain.reading import Timing
from cdi.review.facts import Value
from cdi.review.trends import Change, find_change, of_this_stay

START = datetime(2026, 3, 1, tzinfo=UTC)
WINDOW = timedelta(hours=48)


def value(number: int, low: float, hours: float | None, timing: Timing = Timing.CURRENT) -> Value:
    at = None if hours is None else START + timedelta(hours=hours)
    pointer = ObservationPointer(str(number))
    return Value(low, low, "", timing, at, number, "", (pointer,))


def rise(amount: float) -> Change:
    return Change(amount, None, None, WINDOW)


def ratio(times: float) -> Change:
    return Change(None, None, times, WINDOW)


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(5, 40)), max_size=12))
def test_a_rise_is_found_if_any_pair_shows_one(series: list[tuple[int, int]]) -> None:
    values = [value(i, v / 10, h) for i, (h, v) in enumerate(series)]
    by_hand = any(
        (b - a) / 10 >= 0.3 - 1e-9 and hb - ha <= 48 and ((ha, i) < (hb, j))
        for i, (ha, a) in enumerate(series)
        for j, (hb, b) in enumerate(series)
    )
    assert (find_change(values, rise(0.3)) is not None) is by_hand


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(5, 40)), max_size=12))
def test_a_ratio_is_found_in_either_direction(series: list[tuple[int, int]]) -> None:
    values = [value(i, v / 10, h) for i, (h, v) in enumerate(series)]
    by_hand = any(
        i != j and b >= 1.5 * a - 1e-8 and abs(hb - ha) <= 48
        for i, (ha, a) in enumerate(series)
        for j, (hb, b) in enumerate(series)
    )
    assert (find_change(values, ratio(1.5)) is not None) is by_hand


def test_the_largest_change_is_shown() -> None:
    pair = find_change([value(0, 1.0, 0), value(1, 1.4, 10), value(2, 2.0, 20)], rise(0.3))
    assert pair is not None
    assert (pair.earlier.low, pair.later.low) == (1.0, 2.0)


def test_a_fall_is_no_rise_and_a_rise_no_fall() -> None:
    series = [value(0, 12.0, 0), value(1, 9.0, 10)]
    assert find_change(series, rise(2)) is None
    assert find_change(series, Change(None, 2, None, WINDOW)) is not None
    assert find_change(series[::-1], Change(None, 2, None, WINDOW)) is not None
    rising = [value(0, 9.0, 0), value(1, 12.0, 10)]
    assert find_change(rising, Change(None, 2, None, WINDOW)) is None


def test_values_without_a_time_keep_their_order() -> None:
    assert find_change([value(0, 1.0, None), value(1, 1.4, None)], rise(0.3)) is not None
    assert find_change([value(0, 1.4, None), value(1, 1.0, None)], rise(0.3)) is None


@pytest.mark.parametrize(("apart", "found"), [(60, True), (400, False)])
def test_an_earlier_value_told_in_one_breath_is_a_recent_one(apart: int, found: bool) -> None:
    earlier = Value(1.2, 1.2, "", Timing.PRIOR, START, 1, "", (NoteSpan("n", 0, 10),))
    later = Value(1.5, 1.5, "", Timing.CURRENT, START, 2, "", (NoteSpan("n", 0, 10 + apart),))
    assert (find_change([later, earlier], rise(0.3)) is not None) is found


@pytest.mark.parametrize(("apart", "found"), [(20, True), (300, False)])
def test_a_value_that_began_a_series_has_its_baseline_behind_it(apart: int, found: bool) -> None:
    first = value(0, 2.4, None, Timing.PRIOR)._replace(pointers=(NoteSpan("n", 0, 3),))
    last = value(1, 1.1, None)._replace(pointers=(NoteSpan("n", 3 + apart, 6 + apart),))
    assert (find_change([first, last], ratio(1.5)) is not None) is found
    assert find_change([first, last], ratio(3.0)) is None


def test_a_goal_is_compared_with_nothing() -> None:
    assert find_change([value(0, 1.0, 0, Timing.GOAL), value(1, 2.0, 1)], rise(0.3)) is None


def test_a_long_stay_is_judged_to_its_end() -> None:
    values = [value(i, 1 + (i % 7) / 100, i / 10) for i in range(50_000)]

    assert find_change(values, Change(0.3, None, 1.5, WINDOW)) is None


@pytest.mark.parametrize(
    ("earlier_end", "later_end", "counts"), [(10, 20, True), (20, 10, False), (10, 90, False)]
)
def test_the_first_value_of_a_written_series_is_of_this_stay(
    earlier_end: int, later_end: int, counts: bool
) -> None:
    earlier = Value(118, 118, "", Timing.PRIOR, START, 1, "", (NoteSpan("n", 0, earlier_end),))
    later = Value(131, 131, "", Timing.CURRENT, START, 2, "", (NoteSpan("n", 0, later_end),))
    assert of_this_stay(earlier, [earlier, later]) is counts
    assert of_this_stay(later, [earlier, later])
