"""What each day at a facility came to: as kept where that still holds, else counted anew.

Days that are over are counted once (:func:`count_anew`). A kept count is used only while it is
what counting anew would give: nothing of the day was changed since, which triggers note
(:class:`~cdi.storage.tables.RecountRow`), and no query of it has fallen due.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, delete, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from cdi.storage.counting import (
    Day,
    count_findings,
    count_queries,
    count_questions,
    count_stays,
)
from cdi.storage.tables import (
    DayCountRow,
    EncounterRow,
    FacilityRow,
    FindingRow,
    QueryRow,
    RecountRow,
)

_COUNT: dict[InstrumentedAttribute[Any], Callable[[Session, Day, datetime], Any]] = {
    DayCountRow.queries: lambda session, day, now: count_queries(session, day, now)[0],
    DayCountRow.questions: lambda session, day, _: count_questions(session, day),
    DayCountRow.stays: lambda session, day, _: count_stays(session, day),
    DayCountRow.findings: lambda session, day, _: count_findings(session, day),
}


def midnight_before(moment: datetime, zone: str) -> datetime:
    """Return when the day of a moment began by the clock of a facility."""
    local = moment.astimezone(ZoneInfo(zone))
    return datetime(local.year, local.month, local.day, tzinfo=local.tzinfo).astimezone(UTC)


def days_of(facility_id: str, zone: str, since: datetime, until: datetime) -> Iterator[Day]:
    """Yield the calendar days of a time by the clock of a facility, the first and last cut."""
    clock = ZoneInfo(zone)
    since, until = since.astimezone(UTC), until.astimezone(UTC)
    on = since.astimezone(clock).date()
    while since < until:
        on += timedelta(days=1)
        midnight = datetime(on.year, on.month, on.day, tzinfo=clock).astimezone(UTC)
        yield Day(facility_id, on - timedelta(days=1), since, min(midnight, until))
        since = midnight


def counts(
    session: Session,
    days: Sequence[Day],
    parts: Sequence[InstrumentedAttribute[Any]],
    now: datetime,
) -> Iterator[tuple[Day, list[Any]]]:
    """Yield each day with the parts of its count that are asked for.

    Args:
        session: of the transaction.
        days: which.
        parts: columns of :class:`DayCountRow`.
        now: decides what is overdue.
    """
    kept = {tuple(key): values for *key, values in _kept(session, days, parts, now)}
    for day in days:
        values = kept.get((day.facility_id, day.since, day.until))
        yield day, values or [_COUNT[part](session, day, now) for part in parts]


def to_count(session: Session, days: Sequence[Day], now: datetime) -> list[Day]:
    """Return the days whose count is not kept or holds no more."""
    kept = {tuple(key) for *key, _ in _kept(session, days, (), now)}
    return [day for day in days if (day.facility_id, day.since, day.until) not in kept]


def count_anew(session: Session, facility_id: str, days: Sequence[Day], now: datetime) -> None:
    """Count days of a facility and keep what they came to."""
    # One at a time: else an older count could be written over a newer one. Notes are taken away
    # before counting: what is changed meanwhile leaves one that stays.
    session.execute(
        select(FacilityRow.id).where(FacilityRow.id == facility_id).with_for_update(key_share=True)
    )
    for day in days:
        session.execute(delete(RecountRow).where(*day.has(RecountRow.facility_id, RecountRow.at)))
        # Days by another clock lose their notes with these.
        session.execute(
            delete(DayCountRow).where(
                DayCountRow.facility_id == facility_id,
                DayCountRow.starts_at < day.until,
                DayCountRow.ends_at > day.since,
            )
        )
        queries, next_due = count_queries(session, day, now)
        session.add(
            DayCountRow(
                facility_id=facility_id,
                starts_at=day.since,
                ends_at=day.until,
                counted_at=now,
                holds_until=next_due,
                queries=queries,
                questions=count_questions(session, day),
                stays=count_stays(session, day),
                findings=count_findings(session, day),
            )
        )
        session.flush()


def first_moment(session: Session, facility_id: str) -> datetime | None:
    """Return the earliest moment of a facility at which there is something to count."""
    moments = (
        session.scalar(select(func.min(moment)).where(facility == facility_id))
        for facility, moment in (
            (QueryRow.facility_id, QueryRow.sent_at),
            (EncounterRow.facility_id, EncounterRow.reviewed_at),
            (FindingRow.facility_id, FindingRow.raised_at),
        )
    )
    return min((moment for moment in moments if moment is not None), default=None)


def _kept(
    session: Session,
    days: Sequence[Day],
    parts: Sequence[InstrumentedAttribute[Any]],
    now: datetime,
) -> Iterator[tuple[str, datetime, datetime, list[Any]]]:
    """Yield facility, begin, end and the parts of each count of these days that holds."""
    if not days:
        return
    places = {day.facility_id for day in days}
    statement = select(
        DayCountRow.facility_id, DayCountRow.starts_at, DayCountRow.ends_at, *parts
    ).where(
        DayCountRow.facility_id.in_(places),
        DayCountRow.starts_at >= min(day.since for day in days),
        DayCountRow.ends_at <= max(day.until for day in days),
        *_holds(now),
    )
    for facility_id, starts, ends, *values in session.execute(statement):
        yield facility_id, starts, ends, values


def _holds(now: datetime) -> Collection[ColumnElement[bool]]:
    changed = exists().where(
        RecountRow.facility_id == DayCountRow.facility_id,
        RecountRow.at >= DayCountRow.starts_at,
        RecountRow.at < DayCountRow.ends_at,
    )
    later = or_(DayCountRow.holds_until.is_(None), DayCountRow.holds_until > now)
    return ~changed, DayCountRow.counted_at <= now, later
