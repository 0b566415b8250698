"""The jobs of the worker: what each periodic task does, and how its failure is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from threading import Lock

from cdi.domain.actor import Actor
from cdi.errors import SettingError
from cdi.interop.mapping import Intake
from cdi.logs import get_log, place_of
from cdi.settings import Settings
from cdi.storage.anchor import write_anchor
from cdi.storage.places import find_facility
from cdi.workflow.apply_inbox import apply_inbox
from cdi.workflow.desk import Desk
from cdi.workflow.metrics import count_days
from cdi.workflow.outgoing.deliver import deliver_due
from cdi.workflow.outgoing.senders import make_senders
from cdi.workflow.sweeps import Reviewer, forget_old, service_actor, take_due_steps

log = get_log("worker")


class Jobs:
    """What there is to do at one site.

    Args:
        desk: store, rules and clock.
        intake: what codes and authors of received messages mean.
        settings: where deliveries go and where anchors are written.

    Raises:
        SettingError: a setting has no usable value.
    """

    def __init__(self, desk: Desk, intake: Intake, settings: Settings) -> None:
        self._desk, self._intake, self._settings = desk, intake, settings
        self._senders = make_senders(desk, settings)
        self._lease = timedelta(seconds=settings.lease_seconds)
        self._reviewer = Reviewer(desk, _stumble)
        # One sweep at a time in a process: a second would only wait for the same rows.
        self._sweeping = Lock()

    def sweep(self) -> None:
        """Do all that is due: take in, review, remind, deliver."""
        with self._sweeping:
            self._run("inbox", self._apply_inbox)
            self._run("review", self._reviewer.review_changed)
            self._run("steps", lambda actor: take_due_steps(self._desk, actor, _stumble))
            self._run("deliver", self._deliver)

    def check_again(self) -> None:
        """Review every stay that is worked on."""
        self._run("recheck", self._reviewer.review_again)

    def count_days(self) -> None:
        """Count what the days that are over came to, where that has changed."""
        self._run("count", lambda _: self._count_days())

    def tidy(self) -> None:
        """Anchor the audit trail and forget what is old enough."""
        if self._settings.anchor_file is not None:
            file = self._settings.anchor_file
            self._run("anchor", lambda _: self._anchor(file))
        self._run("forget", lambda _: self._forget())

    def _run(self, job: str, act: Callable[[Actor], Mapping[str, int]]) -> None:
        """Run a job; what it fails at is told and must not keep the next job back."""
        try:
            counts = act(service_actor(self._desk))
        except Exception as error:
            log.error("job failed", job=job, error=type(error).__name__, place=place_of(error))
            return
        if counts:
            log.info("job done", job=job, counts=dict(counts))

    def _apply_inbox(self, actor: Actor) -> Mapping[str, int]:
        code = self._settings.inbox_facility
        if not code:
            return {}
        with self._desk.store.reading() as session:
            place = find_facility(session, code)
        if place is None:
            raise SettingError("inbox_facility: there is no such facility")
        return Counter(r.state for r in apply_inbox(self._desk, actor, place.id, self._intake))

    def _deliver(self, actor: Actor) -> Mapping[str, int]:
        return deliver_due(self._desk, actor, self._senders, lease=self._lease)

    def _anchor(self, file: Path) -> Mapping[str, int]:
        return {"events": write_anchor(self._desk.store, file, self._desk.now())}

    def _count_days(self) -> Mapping[str, int]:
        days = count_days(self._desk)
        return {"days": days} if days else {}

    def _forget(self) -> Mapping[str, int]:
        forget_old(self._desk)
        return {}


def _stumble(kind: str, identifier: str, error: Exception) -> None:
    log.error(
        "one failed", job=kind, id=identifier, error=type(error).__name__, place=place_of(error)
    )
