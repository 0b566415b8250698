"""Moments as people at a facility read them: in its time zone, with the month in letters."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def tell_day(value: date | datetime | None, zone: str = "UTC") -> str:
    """Return a day as ``3 Jun 2026``: the same to readers of either order of day and month."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = local(value, zone).date()
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def tell_moment(value: datetime | None, zone: str = "UTC") -> str:
    """Return a moment as ``3 Jun 2026 07:12``."""
    if value is None:
        return ""
    return f"{tell_day(value, zone)} {local(value, zone):%H:%M}"


def tell_short(value: datetime | None, zone: str = "UTC") -> str:
    """Return a moment of this stay as ``3 Jun 07:12``, for narrow columns."""
    if value is None:
        return ""
    at = local(value, zone)
    return f"{at.day} {_MONTHS[at.month - 1]} {at:%H:%M}"


def tell_month(value: date) -> str:
    """Return a month as ``Jun 2026``."""
    return f"{_MONTHS[value.month - 1]} {value.year}"


def tell_iso_month(value: date) -> str:
    """Return a month as addresses and fields name it: ``2026-06``."""
    return f"{value:%Y-%m}"


def tell_span(value: timedelta) -> str:
    """Return a length of time in its largest unit: ``3 d``, ``5 h``, ``20 min``."""
    minutes = int(abs(value).total_seconds() // 60)
    if minutes >= 48 * 60:
        return f"{minutes // (24 * 60)} d"
    if minutes >= 60:
        return f"{minutes // 60} h"
    return f"{minutes} min"


def local(value: datetime, zone: str) -> datetime:
    """Return a moment on the clock of a facility; one without zone is taken as that clock."""
    if value.tzinfo is None:
        return value.replace(tzinfo=ZoneInfo(zone))
    return value.astimezone(ZoneInfo(zone))
