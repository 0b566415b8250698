"""The manager's figures of a time, and the queries behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from cdi.domain.actor import Actor
from cdi.errors import InputError, NotFound
from cdi.storage.metrics import Figures, Waiting, ages, figures
from cdi.storage.pages import Page, sent_page
from cdi.storage.people import find_policy
from cdi.storage.tables import QueryRow
from cdi.workflow.charts import note_list
from cdi.workflow.desk import Desk
from cdi.workflow.permissions import reach, require

_FIRST, _LAST = 1990, 2199
LONGEST = timedelta(days=366)
"""The longest time figures are counted for at once."""


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
        zone = ZoneInfo(find_policy(session, min(places), desk.now()).zone)
        offset = period.since.astimezone(zone).utcoffset() or timedelta()
        return figures(session, places, period.since, period.until, now=desk.now(), offset=offset)


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
    with desk.store.writing() as session:
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
