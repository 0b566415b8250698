"""The manager's figures of a time, and the queries behind them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from cdi.domain.actor import Actor
from cdi.errors import InputError, NotFound
from cdi.storage import Session
from cdi.storage.counting import Day
from cdi.storage.day_counts import count_anew, days_of, first_moment, midnight_before, to_count
from cdi.storage.metrics import Figures, Waiting, ages, figures
from cdi.storage.pages import Page, sent_page
from cdi.storage.people import find_policy
from cdi.storage.places import all_facilities
from cdi.storage.tables import QueryRow
from cdi.workflow.charts import note_list
from cdi.workflow.desk import Desk
from cdi.workflow.permissions import reach, require

_FIRST, _LAST = 1990, 2199
LONGEST = timedelta(days=366)
"""The longest time figures are counted for at once."""
_TOGETHER = 7
"""Days counted in one transaction: SQLite lets nobody else write meanwhile."""


@dataclass(frozen=True, slots=True)
class Period:
    """From a moment to another, the end left out.

    Raises:
        InputError: it has no length, or more than a year.
    """

    since: datetime
    until: datetime

    def __post_init__(self) -> None:
        if not _FIRST <= self.since.year <= self.until.year <= _LAST:
            raise InputError(f"must lie between {_FIRST} and {_LAST}", field="since")
        if not timedelta() < self.until - self.since <= LONGEST:
            raise InputError("must be after the start, and within a year of it", field="until")


class By(StrEnum):
    """By what the queries behind a figure are found."""

    CONDITION = "condition"
    SERVICE = "service"
    PHYSICIAN = "physician"
    SPECIALIST = "specialist"


_ARGUMENTS = {
    By.CONDITION: "condition",
    By.SERVICE: "service",
    By.PHYSICIAN: "recipient_id",
    By.SPECIALIST: "owner_id",
}


def month_of(day: date, zone: str) -> Period:
    """Return the calendar month of a day at a facility.

    Raises:
        InputError: it lies too far away.
    """
    if not _FIRST <= day.year < _LAST:
        raise InputError(f"must lie between {_FIRST} and {_LAST}", field="month")
    first = day.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    clock = ZoneInfo(zone)
    start, end = (datetime(d.year, d.month, d.day, tzinfo=clock) for d in (first, following))
    return Period(start, end)


def open_figures(desk: Desk, actor: Actor, period: Period, facility_id: str = "") -> Figures:
    """Return the figures of the actor's facilities, or of one of them.

    They are numbers without any patient, so that looking at them is no event.

    Raises:
        NotAllowed: the actor manages nothing anywhere.
        NotFound: the facility is not one the actor manages.
    """
    places = _places(actor, facility_id)
    with desk.store.reading() as session:
        now = desk.now()
        return figures(session, find_days(session, places, period, now), now=now)


def find_days(
    session: Session, places: Collection[str], period: Period, now: datetime
) -> list[Day]:
    """Return the days of a time at some facilities, each by the clock on its wall."""
    return [
        day
        for place in sorted(places)
        for day in days_of(place, find_policy(session, place, now).zone, period.since, period.until)
    ]


def count_days(desk: Desk) -> int:
    """Count the days that are over and changed since they were last counted; return how many.

    Figures and rule health tell the same without it, but count those days whenever they are asked.
    """
    now, done = desk.now(), 0
    with desk.store.reading() as session:
        due = {row.id: _days_to_count(session, row.id, now) for row in all_facilities(session)}
    for place, days in due.items():
        for start in range(0, len(days), _TOGETHER):
            some = days[start : start + _TOGETHER]
            with desk.store.writing() as session:
                count_anew(session, place, some, now)
            done += len(some)
    return done


def _days_to_count(session: Session, place: str, now: datetime) -> list[Day]:
    first = first_moment(session, place)
    if first is None:
        return []
    zone = find_policy(session, place, now).zone
    begin = midnight_before(first, zone)
    days = [day for day in days_of(place, zone, begin, now) if day.until < now]
    return to_count(session, days, now)


def open_ages(desk: Desk, actor: Actor, facility_id: str = "") -> Mapping[date, Waiting]:
    """Return the queries that wait for an answer by day of sending; no event, as with figures.

    Raises:
        NotAllowed, NotFound: as :func:`open_figures`.
    """
    places = _places(actor, facility_id)
    with desk.store.reading() as session:
        return ages(session, places, now=desk.now())


def open_sent_queries(
    desk: Desk,
    actor: Actor,
    facility_id: str,
    period: Period,
    by: By,
    key: str,
    *,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[QueryRow]:
    """Return the queries behind a bar of the figures, newest first; looking is an event.

    Raises:
        NotAllowed, NotFound: as the permissions say.
        InputError: the cursor is not one of this list.
    """
    require(actor, "metrics.read", facility_id)
    with desk.store.looking() as session:
        page = sent_page(
            session,
            facility_id,
            period.since,
            period.until,
            **{_ARGUMENTS[by]: key},
            cursor=cursor,
            limit=limit,
        )
        note_list(desk, session, actor, "query.list", page.rows)
    return page


def _places(actor: Actor, facility_id: str) -> frozenset[str]:
    places = reach(actor, "metrics.read")
    if not facility_id:
        return places
    if facility_id not in places:
        raise NotFound("there is no such thing")
    return frozenset({facility_id})
