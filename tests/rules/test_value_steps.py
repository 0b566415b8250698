"""What a value tells of is what the ranges of the indicators say, one by one."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdi.rules.thresholds import Range, bounds
from cdi.rules.value_steps import Step, ValueSteps

LOWER, UPPER = (st.sampled_from([none, 1.0, 2.0, 2.5, 7.0]) for none in (-inf, inf))
RANGES = st.builds(Range, LOWER, LOWER, UPPER, UPPER)
VALUES = st.sampled_from([0.0, 1.0, 1.5, 2.0, 2.2, 2.5, 2.6, 6.9, 7.0, 7.1, 100.0])


def told(steps: ValueSteps, low: float, high: float, comparator: str = "") -> dict[str, int]:
    return dict(steps.told(low, high, comparator))


@given(st.lists(st.lists(RANGES, min_size=1, max_size=3), max_size=6), VALUES)
def test_a_number_passes_what_its_ranges_accept(ranges: list[list[Range]], value: float) -> None:
    steps = [Step("gout", 1 << number, tuple(any_of)) for number, any_of in enumerate(ranges)]
    passed = [s.bit for s in steps if any(r.holds(value, value) for r in s.ranges)]
    assert told(ValueSteps(steps), value, value).get("gout", 0) == sum(passed)


@given(RANGES, VALUES, VALUES, st.sampled_from(["", "<", ">"]))
def test_nothing_that_a_range_or_limit_passes_is_left_out(
    accepted: Range, low: float, high: float, comparator: str
) -> None:
    if accepted.holds(*bounds(low, high, comparator)):
        assert told(ValueSteps([Step("gout", 2, (accepted,))]), low, high, comparator) == {
            "gout": 2
        }


def test_what_looks_at_changes_is_told_by_no_single_value() -> None:
    steps = ValueSteps([Step("gout", 1, ()), Step("gout", 4, ()), Step("sepsis", 2, (Range(5.0),))])
    assert dict(steps.changes) == {"gout": 5}
    assert told(steps, 6.0, 6.0) == {"sepsis": 2}
    assert told(steps, 5.0, 5.0) == {}


@pytest.mark.parametrize(
    ("comparator", "low", "high"), [("", 3.0, 4.0), ("<", -inf, 4.0), (">", 3.0, inf)]
)
def test_a_limit_leaves_one_side_open(comparator: str, low: float, high: float) -> None:
    found = bounds(3.0, 4.0, comparator)
    assert found == pytest.approx((low, high))
    assert (found[0] > 3.0, found[1] < 4.0) == (comparator == ">", comparator == "<")
