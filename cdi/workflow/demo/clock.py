"""The clock of the demonstration: working days before today, and stays moved to them."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from cdi.domain.encounter import Encounter

_Record = TypeVar("_Record")
_SATURDAY = 5
_MORNING = time(9)


@dataclass
class Clock:
    """Stands until it is set; handed to the desk as its ``now``."""

    at: datetime

    def __call__(self) -> datetime:
        """Return the moment it stands at."""
        return self.at


def working_day(today: date, ago: int) -> date:
    """Return the day that lies so many working days before today; 0 is today itself."""
    day = today
    while ago > 0:
        day -= timedelta(days=1)
        ago -= day.weekday() < _SATURDAY
    return day


def moment(now: datetime, zone: str, ago: int, place: int, count: int) -> datetime:
    """Return when the n-th of the deeds of a day is done: in the morning, or just before now.

    Args:
        now: the present.
        zone: time zone of the facility.
        ago: working days before today.
        place: which deed of the day, from 0.
        count: how many the day has.
    """
    if ago == 0:
        return now - timedelta(seconds=30 * (count - place))
    local = ZoneInfo(zone)
    morning = datetime.combine(working_day(now.astimezone(local).date(), ago), _MORNING, local)
    return (morning + timedelta(minutes=4 * place)).astimezone(now.tzinfo)


def moved(encounter: Encounter, now: datetime, zone: str, ago: int) -> Encounter:
    """Return a stay with all its times moved by whole days, admitted on that working day."""
    if encounter.admitted_at is None:
        return encounter
    today = now.astimezone(ZoneInfo(zone)).date()
    days = (working_day(today, ago) - encounter.admitted_at.date()).days
    return _shift(encounter, timedelta(days=days))


def _shift(record: _Record, by: timedelta) -> _Record:
    """Return a record with every moment in it moved; birth dates are dates and stay."""
    value: Any = record
    if isinstance(value, datetime):
        return value + by  # type: ignore[return-value]
    if isinstance(value, tuple):
        return tuple(_shift(part, by) for part in value)  # type: ignore[return-value]
    if is_dataclass(value) and not isinstance(value, type):
        parts = {f.name: _shift(getattr(value, f.name), by) for f in fields(value)}
        return replace(value, **parts)  # type: ignore[return-value]
    return record
