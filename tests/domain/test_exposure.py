"""Days and association of drugs and devices."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from cdi.domain.exposure import Exposure, ExposureKind


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 6, day, hour, tzinfo=UTC)


def catheter(begin: datetime, end: datetime | None = None) -> Exposure:
    return Exposure(ExposureKind.DEVICE, "urinary catheter", begin, end, "n1")


@pytest.mark.parametrize(
    ("moment", "days"),
    [(at(1, 22), 0), (at(1, 23), 1), (at(2, 1), 2), (at(3), 3), (at(4, 9), 4), (at(9), 4)],
)
def test_days_are_calendar_days_up_to_the_end(moment: datetime, days: int) -> None:
    assert catheter(at(1, 23), at(4, 10)).days(moment) == days


def test_days_are_those_of_the_clock_that_recorded_the_beginning() -> None:
    local = timezone(timedelta(hours=-5))
    begin = datetime(2026, 6, 1, 21, tzinfo=local)  # already the second in UTC
    assert catheter(begin).days(at(2, 3)) == 1


def test_an_infection_is_associated_from_the_third_day_to_the_day_after_removal() -> None:
    removed = catheter(at(1), at(4))
    assert [removed.associated(at(day, 18), 2) for day in range(1, 8)] == [
        False,
        False,
        True,
        True,
        True,
        False,
        False,
    ]
    assert catheter(at(1)).associated(at(30), 2)


def test_what_was_in_place_for_two_days_is_associated_with_nothing() -> None:
    short = catheter(at(1), at(2))
    assert not any(short.associated(at(day), 2) for day in range(1, 6))


def test_a_drug_counts_while_it_is_given() -> None:
    given = Exposure(ExposureKind.DRUG, "vancomycin", at(1), at(3), "m1")
    assert [given.during(at(day)) for day in (1, 2, 3, 4)] == [True, True, True, False]
    assert not given.during(at(1, 11))
