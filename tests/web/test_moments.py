from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from cdi.web.moments import tell_day, tell_moment, tell_short, tell_span

LATE = datetime(2026, 6, 4, 2, 5, tzinfo=UTC)


def test_a_moment_is_told_on_the_clock_of_the_facility() -> None:
    assert tell_moment(LATE, "America/New_York") == "3 Jun 2026 22:05"
    assert tell_short(LATE, "UTC") == "4 Jun 02:05"
    assert tell_day(LATE, "America/New_York") == "3 Jun 2026"


def test_a_moment_without_zone_is_taken_as_the_clock_of_the_facility() -> None:
    assert tell_moment(datetime(2026, 6, 3, 7, 0), "America/New_York") == "3 Jun 2026 07:00"


def test_a_day_needs_no_zone_and_nothing_is_told_of_nothing() -> None:
    assert tell_day(date(1950, 3, 1)) == "1 Mar 1950"
    assert (tell_day(None), tell_moment(None), tell_short(None)) == ("", "", "")


@pytest.mark.parametrize(
    ("minutes", "told"),
    [(0, "0 min"), (59, "59 min"), (60, "1 h"), (-90, "1 h"), (2879, "47 h"), (2880, "2 d")],
)
def test_a_span_is_told_in_its_largest_unit(minutes: int, told: str) -> None:
    assert tell_span(timedelta(minutes=minutes)) == told
