"""Working time: deadlines that run only while their recipient works.

A week has working hours day by day, which may pass midnight; a schedule may also alternate between
stretches on and off ("seven on, seven off"), and holidays are off. Days are those of the
schedule's time zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cdi.errors import InputError

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_PART = re.compile(r"(\w{3})(?:-(\w{3}))? (\d\d):(\d\d)-(\d\d):(\d\d)")
_CYCLE = re.compile(r"(\d+) on (\d+) off from (\d{4}-\d\d-\d\d)")
# Somebody who never works in three months has a schedule that is wrong.
_HORIZON = timedelta(days=92)


@dataclass(frozen=True, slots=True)
class Shift:
    """Hours that begin on one weekday (0 is Monday); an end not after the start is next day's."""

    weekday: int
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Cycle:
    """``on`` days of work and ``off`` days without, in turn, from a first day on."""

    on: int
    off: int
    since: date

    def works(self, day: date) -> bool:
        """Tell whether a day falls into a stretch of work."""
        return (day - self.since).days % (self.on + self.off) < self.on


@dataclass(frozen=True, slots=True)
class Schedule:
    """When somebody works."""

    zone: str = "UTC"
    shifts: tuple[Shift, ...] = ()
    cycle: Cycle | None = None
    holidays: frozenset[date] = frozenset()

    def after(self, moment: datetime, hours: float) -> datetime:
        """Return the moment at which this many working hours have passed, in UTC.

        Raises:
            InputError: the schedule holds too little working time.
        """
        left = timedelta(hours=hours)
        for start, end in self._spans(moment):
            if end - start >= left:
                return (start + left).astimezone(UTC)
            left -= end - start
        raise InputError(f"fewer than {hours:g} working hours in {_HORIZON.days} days")

    def between(self, start: datetime, end: datetime) -> float:
        """Return the working hours between two moments."""
        passed = timedelta()
        for first, last in self._spans(start):
            if first >= end:
                break
            passed += min(last, end) - first
        return passed / timedelta(hours=1)

    def _spans(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the stretches of work after a moment, in UTC and in order, without overlaps."""
        zone = ZoneInfo(self.zone)
        moment = moment.astimezone(UTC)
        day, known = moment.astimezone(zone).date() - timedelta(days=1), moment
        while day - moment.date() < _HORIZON:
            for shift in sorted(self.shifts, key=lambda s: s.start):
                if shift.weekday == day.weekday() and self._works(day):
                    start, end = _bounds(shift, day, zone)
                    if end > known:
                        yield max(start, known), end
                        known = end
            day += timedelta(days=1)

    def _works(self, day: date) -> bool:
        return day not in self.holidays and (self.cycle is None or self.cycle.works(day))


def _bounds(shift: Shift, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    end_day = day + timedelta(days=1) if shift.end <= shift.start else day
    start = datetime.combine(day, shift.start, zone).astimezone(UTC)
    return start, datetime.combine(end_day, shift.end, zone).astimezone(UTC)


def parse_schedule(
    text: str, zone: str = "UTC", holidays: frozenset[date] = frozenset()
) -> Schedule:
    """Return the schedule of a line such as ``Mon-Fri 08:00-17:00; 7 on 7 off from 2026-06-01``.

    Raises:
        InputError: a part is not of that form, or the time zone is unknown; names the part.
    """
    shifts: list[Shift] = []
    cycle: Cycle | None = None
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        if match := _PART.fullmatch(part):
            shifts += _shifts(match, part)
        elif match := _CYCLE.fullmatch(part):
            cycle = _cycle(match, part)
        else:
            raise InputError(f"{part!r} is neither hours nor a cycle", field="schedule")
    if not shifts:
        raise InputError("there are no working hours", field="schedule")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise InputError(f"unknown time zone {zone!r}", field="zone") from None
    return Schedule(zone, tuple(shifts), cycle, holidays)


def _cycle(match: re.Match[str], part: str) -> Cycle:
    on, off, since = match.groups()
    try:
        cycle = Cycle(int(on), int(off), date.fromisoformat(since))
    except ValueError:
        raise InputError(f"{part!r} names no such day", field="schedule") from None
    if cycle.on == 0:
        raise InputError(f"{part!r} leaves no day of work", field="schedule")
    return cycle


def _shifts(match: re.Match[str], part: str) -> list[Shift]:
    first, last, *clock = match.groups()
    try:
        start, end = _DAYS.index(first), _DAYS.index(last or first)
        hours = time(int(clock[0]), int(clock[1])), time(int(clock[2]), int(clock[3]))
    except ValueError:
        raise InputError(f"{part!r} names no such day or time", field="schedule") from None
    days = range(start, end + 1 if end >= start else end + 8)
    return [Shift(day % 7, *hours) for day in days]
