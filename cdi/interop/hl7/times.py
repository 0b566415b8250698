"""HL7 v2 time stamps."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

_STAMP = re.compile(
    r"(\d{4})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:\.\d{1,4})?)?)?)?)?)?([+-]\d{4})?"
)
_YEARS = range(1900, 2200)


def clock_time(stamp: str, zone: ZoneInfo) -> datetime | None:
    """Return the time of a stamp ``YYYYMMDDHHMM[SS[.S]][+ZZZZ]``; None for a bare day or less.

    Args:
        stamp: as sent.
        zone: where a time without an offset is from.

    Raises:
        ValueError: it is no time stamp, or no such moment exists.
    """
    if not stamp:
        return None
    found = _STAMP.fullmatch(stamp)
    if found is None:
        raise ValueError("expected YYYYMMDDHHMM")
    year, month, day, hour, minute, second, offset = found.groups()
    if hour is None or minute is None:
        date(int(year), int(month or 1), int(day or 1))
        return None
    parts = [int(part) for part in (year, month, day, hour, minute, second or "0")]
    if parts[0] not in _YEARS:
        raise ValueError("expected a year of our time")
    tz = _offset(offset) if offset else zone
    return datetime(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], tzinfo=tz)


def day(stamp: str) -> date | None:
    """Return the day of a stamp, or None if it has none or is none."""
    try:
        return date(int(stamp[:4]), int(stamp[4:6]), int(stamp[6:8]))
    except ValueError:
        return None


def _offset(text: str) -> timezone:
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[3:5])))
