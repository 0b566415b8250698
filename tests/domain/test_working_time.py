"""Working time: nights, weekends, cycles, holidays, and clocks that change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdi.domain.working_time import parse_schedule
from cdi.errors import InputError

OFFICE = "Mon-Fri 08:00-17:00"
WEDNESDAY = datetime(2026, 6, 3, 9, 0, tzinfo=UTC)


def at(day: int, hour: int, minute: int = 0, month: int = 6) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "start", "hours", "end"),
    [
        (OFFICE, WEDNESDAY, 4, at(3, 13)),
        (OFFICE, WEDNESDAY, 8, at(3, 17)),
        (OFFICE, WEDNESDAY, 8.5, at(4, 8, 30)),
        (OFFICE, at(5, 16), 2, at(8, 9)),
        (OFFICE, at(6, 12), 1, at(8, 9)),
        (OFFICE, at(3, 3), 1, at(3, 9)),
        ("Mon-Sun 19:00-07:00", at(3, 9), 1, at(3, 20)),
        ("Mon-Sun 19:00-07:00", at(3, 5), 3, at(3, 20)),
        ("Fri-Mon 08:00-12:00", at(4, 9), 5, at(6, 9)),
        ("Sat 09:00-12:00", WEDNESDAY, 4, at(13, 10)),
        ("Mon-Fri 08:00-12:00; Mon-Fri 13:00-17:00", WEDNESDAY, 4, at(3, 14)),
        ("Mon-Sun 07:00-19:00; 7 on 7 off from 2026-05-27", WEDNESDAY, 1, at(10, 8)),
        ("Mon-Sun 00:00-00:00", WEDNESDAY, 30, at(4, 15)),
    ],
)
def test_hours_pass_only_while_somebody_works(
    text: str, start: datetime, hours: float, end: datetime
) -> None:
    assert parse_schedule(text).after(start, hours) == end


def test_a_holiday_is_no_working_day() -> None:
    schedule = parse_schedule(OFFICE, holidays=frozenset({date(2026, 6, 4)}))
    assert schedule.after(at(3, 16), 2) == at(5, 9)


def test_days_are_those_of_the_time_zone() -> None:
    schedule = parse_schedule(OFFICE, "America/New_York")
    assert schedule.after(at(3, 9), 1) == at(3, 13)


def test_the_hour_that_spring_skips_is_not_worked() -> None:
    schedule = parse_schedule("Sun 00:00-06:00", "America/New_York")
    start = datetime(2026, 3, 8, 5, 0, tzinfo=UTC)  # midnight in New York
    assert schedule.between(start, start + timedelta(hours=12)) == 5


def test_overlapping_hours_count_once() -> None:
    schedule = parse_schedule("Mon-Fri 08:00-12:00; Mon-Fri 10:00-14:00")
    assert schedule.between(at(3, 0), at(4, 0)) == 6


@given(st.integers(0, 3_000), st.floats(0.25, 60))
def test_what_was_added_lies_between(minutes: int, hours: float) -> None:
    schedule = parse_schedule("Mon-Fri 08:00-17:00; Sat 22:00-04:00")
    start = WEDNESDAY + timedelta(minutes=minutes)
    assert schedule.between(start, schedule.after(start, hours)) == pytest.approx(hours, abs=1e-4)


@pytest.mark.parametrize(
    ("text", "zone", "field"),
    [
        ("", "UTC", "schedule"),
        ("Mon-Fri", "UTC", "schedule"),
        ("Mon-Fry 08:00-17:00", "UTC", "schedule"),
        ("Mon 25:00-26:00", "UTC", "schedule"),
        ("7 on 7 off from 2026-05-27", "UTC", "schedule"),
        (f"{OFFICE}; 7 on 7 off from 2026-02-30", "UTC", "schedule"),
        (f"{OFFICE}; 0 on 7 off from 2026-02-20", "UTC", "schedule"),
        (OFFICE, "Mars/Olympus", "zone"),
    ],
)
def test_what_cannot_be_read_is_refused(text: str, zone: str, field: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_schedule(text, zone)
    assert caught.value.field == field


def test_somebody_who_never_works_has_no_deadline() -> None:
    schedule = parse_schedule("Mon 08:00-09:00; 1 on 6 off from 2026-06-02")
    with pytest.raises(InputError, match="working hours"):
        schedule.after(WEDNESDAY, 1)
