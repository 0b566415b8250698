"""The manager's figures of a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from cdi.domain.actor import Actor
from cdi.errors import InputError, NotFound
from cdi.storage.metrics import Figures, figures
from cdi.storage.people import find_policy
from cdi.workflow.desk import Desk
from cdi.workflow.permissions import reach

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
        if not timedelta() < self.until - self.since <= LONGEST:
            raise InputError("must be after the start, and within a year of it", field="until")


def open_figures(desk: Desk, actor: Actor, period: Period, facility_id: str = "") -> Figures:
    """Return the figures of the actor's facilities, or of one of them.

    They are numbers without any patient, so that looking at them is no event.

    Raises:
        NotAllowed: the actor manages nothing anywhere.
        NotFound: the facility is not one the actor manages.
    """
    places = reach(actor, "metrics.read")
    if facility_id:
        if facility_id not in places:
            raise NotFound("there is no such thing")
        places = frozenset({facility_id})
    with desk.store.reading() as session:
        zone = ZoneInfo(find_policy(session, min(places), desk.now()).zone)
        offset = period.since.astimezone(zone).utcoffset() or timedelta()
        return figures(session, places, period.since, period.until, now=desk.now(), offset=offset)
