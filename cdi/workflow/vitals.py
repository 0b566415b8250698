"""How the service is: what waits, since when, and what failed; figures without patients."""

from __future__ import annotations

from dataclasses import dataclass

from cdi.domain.actor import Actor
from cdi.storage.audit import count_events
from cdi.storage.outbox import count_open
from cdi.storage.queries import count_due
from cdi.storage.tables import DeliveryState
from cdi.storage.unreviewed import count_unreviewed
from cdi.workflow.desk import Desk
from cdi.workflow.permissions import reach


@dataclass(frozen=True, slots=True)
class Vitals:
    """What an operator watches. Ages are in seconds, 0 where nothing waits.

    Attributes:
        waiting: deliveries that wait or are under way, and the age of the oldest.
        failed: deliveries that will not be tried again by themselves.
        unreviewed: encounters that changed since their last review, and the longest wait.
        overdue_steps: queries whose reminder, escalation or end is due and not taken.
        events: length of the audit trail.
    """

    waiting: int
    waiting_age: float
    failed: int
    unreviewed: int
    unreviewed_age: float
    overdue_steps: int
    events: int


def read_vitals(desk: Desk, actor: Actor) -> Vitals:
    """Return how the service is, over all facilities.

    Raises:
        NotAllowed: the actor is no monitoring of any facility.
    """
    reach(actor, "metrics.scrape")
    now = desk.now()
    with desk.store.reading() as session:
        states, oldest = count_open(session)
        unreviewed, since = count_unreviewed(session)
        return Vitals(
            waiting=states[DeliveryState.WAITING] + states[DeliveryState.LEASED],
            waiting_age=max((now - oldest).total_seconds(), 0.0) if oldest else 0.0,
            failed=states[DeliveryState.FAILED],
            unreviewed=unreviewed,
            unreviewed_age=max((now - since).total_seconds(), 0.0) if since else 0.0,
            overdue_steps=count_due(session, now),
            events=count_events(session),
        )
