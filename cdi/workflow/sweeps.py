"""What is due without anybody asking: reviews, steps of the clock, tidying up; for the worker.

Each can be done twice, and by two workers at once: what is not due any more is left alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from cdi.domain.actor import Actor, StaffRole
from cdi.errors import ConflictError, TransitionError
from cdi.storage.places import all_facilities
from cdi.storage.requests import forget_requests
from cdi.storage.sessions import forget_attempts, forget_sessions, forget_used
from cdi.storage.unreviewed import encounters_at_work, unreviewed
from cdi.workflow.deadlines import due_steps, take_step
from cdi.workflow.desk import Desk
from cdi.workflow.links import LIFETIME
from cdi.workflow.reviews import review_encounter

SERVICE = "service"
"""Who acts in events of background work."""

Stumble = Callable[[str, str, Exception], None]
"""Hears what failed: which sweep, the id of what, the error. Its words may be those of a record."""

_KEPT = timedelta(days=7)
"""How long a repeated request is recognised."""
_ATTEMPTS_KEPT = timedelta(days=90)
_SESSIONS_KEPT = timedelta(days=90)
_AGAIN = timedelta(hours=1)
"""When an encounter whose review failed is tried again, if it does not change before."""
_AT_WORK = timedelta(days=14)
"""How long after discharge a stay is checked again each night."""


def service_actor(desk: Desk) -> Actor:
    """Return who does background work: a machine of every facility; nobody logs in as it."""
    with desk.store.reading() as session:
        facilities = [row.id for row in all_facilities(session)]
    return Actor(SERVICE, dict.fromkeys(facilities, frozenset({StaffRole.SERVICE})))


class Reviewer:
    """Reviews what changed; remembers what failed, so that it does not keep the rest back."""

    def __init__(self, desk: Desk, stumble: Stumble) -> None:
        self._desk, self._stumble = desk, stumble
        self._failed: dict[str, datetime] = {}

    def review_changed(self, actor: Actor, limit: int = 200) -> Counter[str]:
        """Review encounters that changed since their last review, those waiting longest first."""
        now = self._desk.now()
        self._failed = {name: until for name, until in self._failed.items() if until > now}
        with self._desk.store.reading() as session:
            due = unreviewed(session, limit + len(self._failed))
        return self._review(actor, [name for name in due if name not in self._failed][:limit])

    def review_again(self, actor: Actor) -> Counter[str]:
        """Review every stay that is still worked on: rules and templates may be newer."""
        with self._desk.store.reading() as session:
            names = encounters_at_work(session, self._desk.now() - _AT_WORK)
        return self._review(actor, names)

    def _review(self, actor: Actor, names: Iterable[str]) -> Counter[str]:
        counts: Counter[str] = Counter()
        for name in names:
            try:
                review_encounter(self._desk, actor, name)
                counts["reviewed"] += 1
            except ConflictError:
                counts["later"] += 1
            except Exception as error:
                self._failed[name] = self._desk.now() + _AGAIN
                self._stumble("review", name, error)
                counts["failed"] += 1
        return counts


def take_due_steps(desk: Desk, actor: Actor, stumble: Stumble) -> Counter[str]:
    """Remind, escalate and end queries whose time has come; return the states they are in then."""
    counts: Counter[str] = Counter()
    for query_id in due_steps(desk):
        try:
            counts[take_step(desk, actor, query_id).state] += 1
        except (ConflictError, TransitionError):
            counts["later"] += 1
        except Exception as error:
            stumble("step", query_id, error)
            counts["failed"] += 1
    return counts


def forget_old(desk: Desk) -> None:
    """Delete what only had to be known for a while: receipts, attempts, ended sessions, links."""
    now = desk.now()
    with desk.store.writing() as session:
        forget_requests(session, now - _KEPT)
        forget_attempts(session, now - _ATTEMPTS_KEPT)
        forget_sessions(session, now - _SESSIONS_KEPT)
        forget_used(session, now - LIFETIME)
