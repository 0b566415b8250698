"""The worker's timer over two days of the desk's clock: each job comes by itself, in its time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from desks import MORNING, Hospital
from huey import Huey
from pydantic import SecretStr
from sqlalchemy import select

from cdi.domain.policy import Policy
from cdi.domain.query import QueryState
from cdi.interop.mapping import load_intake
from cdi.settings import Settings
from cdi.storage.anchor import compare_anchors
from cdi.storage.audit import verify
from cdi.storage.findings import finding_rows
from cdi.storage.tables import DeliveryRow, EventRow
from cdi.worker.jobs import Jobs
from cdi.worker.run import open_queue
from cdi.workflow.drafting import draft_query
from cdi.workflow.sending import send_query

pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
THURSDAY = MORNING.replace(hour=0) + timedelta(days=1)
FRIDAY = THURSDAY + timedelta(days=1)


@dataclass
class Timer:
    """A worker whose timer follows the clock of the desk."""

    hospital: Hospital
    queue: Huey
    anchors: Path

    def run_until(self, end: datetime) -> None:
        """Let time pass, by night ten minutes a step, by day an hour; do what huey finds due."""
        clock = self.hospital.clock
        while clock.at < end:
            clock.at += timedelta(minutes=10 if clock.at.hour < 4 else 60)
            for task in self.queue.read_periodic(clock.at.replace(tzinfo=None)):
                self.queue.enqueue(task)
            self.work()

    def work(self) -> None:
        while (task := self.queue.dequeue()) is not None:
            self.queue.execute(task)

    def moments(self, verb: str) -> list[datetime]:
        """Return when the service did something."""
        done = select(EventRow.at).where(EventRow.verb == verb, EventRow.actor_id == "service")
        with self.hospital.store.reading() as session:
            return list(session.scalars(done.order_by(EventRow.number)))

    def notices(self, topic: str) -> list[tuple[datetime, str]]:
        """Return when notices were written, and to whom."""
        rows = select(DeliveryRow).where(DeliveryRow.topic == topic)
        with self.hospital.store.reading() as session:
            told = [(row.created_at, row.target.split("@")[0]) for row in session.scalars(rows)]
        return sorted(told)


@pytest.fixture
def timer(hospital: Hospital, tmp_path: Path) -> Iterator[Timer]:
    url = hospital.store.engine.url.render_as_string(hide_password=False)
    anchors = tmp_path / "anchors.jsonl"
    site = Settings(_env_file=None, database_url=SecretStr(url), anchor_file=anchors)
    queue = open_queue(Jobs(hospital.desk, load_intake(None), site), site)
    with closing(queue.storage):
        yield Timer(hospital, queue, anchors)


def test_a_query_is_reminded_of_escalated_and_ended_by_the_timer_alone(timer: Timer) -> None:
    hospital, pia = timer.hospital, timer.hospital.users["pia"]
    hours = {"reminder_hours": (8,), "escalate_hours": 12, "expire_hours": 16}
    hospital.set_policy(Policy(**hours, escalate_to=pia))
    query = hospital.sent()
    timer.run_until(FRIDAY)
    # Working hours are from 8 to 17, and it was sent on Wednesday at 9.
    assert timer.notices("query.reminder") == [(MORNING.replace(hour=17), "pat")]
    noon = THURSDAY.replace(hour=12)
    assert timer.notices("query.escalated") == [(noon, "pat"), (noon, "pia")]
    four = THURSDAY.replace(hour=16)
    assert timer.notices("query.expired") == [(four, "pat"), (four, "pia")]
    assert hospital.query(query.id).state is QueryState.EXPIRED
    for verb in ("remind", "escalate", "expire"):
        assert len(timer.moments(f"query.{verb}")) == 1


def test_what_came_in_is_reviewed_at_once_and_again_each_night(timer: Timer) -> None:
    hospital = timer.hospital
    stay = hospital.ingest().id
    timer.work()
    with hospital.store.reading() as session:
        findings = [row.id for row in finding_rows(session, stay)]
    draft = draft_query(hospital.desk, hospital.actor("sam"), stay, findings)
    send_query(hospital.desk, hospital.actor("sam"), draft.id, draft.version)
    timer.run_until(FRIDAY.replace(hour=4))
    nights = [night.replace(hour=3, minute=20) for night in (THURSDAY, FRIDAY)]
    assert timer.moments("encounter.review") == [MORNING, *nights]


def test_the_trail_is_anchored_every_night(timer: Timer) -> None:
    timer.hospital.ready()
    timer.run_until(FRIDAY.replace(hour=1))
    anchors = [json.loads(line) for line in timer.anchors.read_text("ascii").splitlines()]
    nights = [night.replace(minute=10) for night in (THURSDAY, FRIDAY)]
    assert [datetime.fromisoformat(anchor["at"]) for anchor in anchors] == nights
    assert 0 < anchors[0]["number"] < anchors[1]["number"]
    assert compare_anchors(timer.hospital.store, timer.anchors) == ()
    assert verify(timer.hospital.store).faults == ()
