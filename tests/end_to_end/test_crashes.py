"""``cdi serve`` and ``cdi worker`` killed at random points of a load: nothing is lost or doubled.

``CDI_TEST_KILLS=20 pytest -s -o faulthandler_timeout=3600`` kills as often and tells its figures;
with ``CDI_TEST_STARTS=whole`` each start is that of an operator, which takes many seconds.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from crashes import Client, Load, Process, make_processes
from databases import postgresql_emptied, postgresql_template, sqlite_template, store
from desks import CHF, HERE, PEOPLE, Hospital, hospital, make_stay, pack, scanner
from receivers import LOOPBACK, WebReceiver, web_receiver
from sqlalchemy import func, select

from cdi.domain.letter import OptionKind
from cdi.domain.policy import Policy
from cdi.domain.query import QueryState
from cdi.storage.audit import verify
from cdi.storage.tables import (
    AnswerRow,
    DeliveryRow,
    DeliveryState,
    EncounterRow,
    EventRow,
    QueryRow,
    ResponseRow,
    UserRow,
)
from cdi.workflow.desk import Outlets
from cdi.workflow.kept_texts import compare_texts
from cdi.workflow.passwords import hash_password
from cdi.workflow.subscriptions import add_subscription
from cdi.workflow.tokens import add_token

__all__ = [
    "hospital",
    "pack",
    "postgresql_emptied",
    "postgresql_template",
    "scanner",
    "sqlite_template",
    "store",
]
pytestmark = pytest.mark.enable_socket

KILLS = int(os.environ.get("CDI_TEST_KILLS", "4"))
WHOLE = os.environ.get("CDI_TEST_STARTS") == "whole"
QUERIES = 10 * KILLS
PASSWORD = "correct horse battery"


@dataclass
class Ward:
    """A hospital with letters to send, and the processes that serve it."""

    hospital: Hospital
    server: Process
    worker: Process
    client: Client
    receiver: WebReceiver

    def count(self, table: type, *where: object) -> int:
        with self.hospital.store.reading() as session:
            return session.scalar(select(func.count()).select_from(table).where(*where)) or 0


@pytest.fixture
def ward(hospital: Hospital, tmp_path: Path) -> Iterator[Ward]:
    url = hospital.store.engine.url.render_as_string(hide_password=False)
    hospital.desk = replace(hospital.desk, outlets=Outlets(email=False, networks=LOOPBACK))
    hospital.set_policy(Policy(most_per_day=100_000, signature_minutes=60))
    kept = hash_password(PASSWORD)
    with hospital.store.writing() as session:
        for name in PEOPLE:
            session.get_one(UserRow, hospital.users[name]).password_hash = kept
    server, worker, client = make_processes(url, tmp_path, forked=not WHOLE)
    with web_receiver() as receiver:
        topics = ["query.sent", "query.answered"]
        place = hospital.facilities[HERE]
        add_subscription(hospital.desk, hospital.actor("eve"), place, receiver.address, topics)
        yield Ward(hospital, server, worker, client, receiver)
    for process in (server, worker):
        process.stop()


def test_killed_at_random_points_nothing_is_lost_or_doubled(ward: Ward) -> None:
    load = Load(list(_pieces(ward)))
    ward.server.start()
    ward.worker.start()
    ward.client.log_in("sam", PASSWORD)
    load.start()
    chance = random.Random(20260603)
    for number in range(KILLS):
        load.wait_for(chance.randint(2, 8))
        time.sleep(chance.uniform(0.0, 0.3))
        assert not load.is_over, "killed in the middle of work"
        process = (ward.server, ward.worker)[number % 2]
        process.kill()
        assert verify(ward.hospital.store).faults == ()
        process.start()
    load.finish()
    _wait(lambda: _is_done(ward))
    _check(ward)


def _pieces(ward: Ward) -> Iterator[Callable[[], None]]:
    """Yield the work: for each letter, send it, answer it, take in a stay for the worker."""
    drafts = [ward.hospital.drafted(make_stay(id=f"E-{n}")) for n in range(QUERIES)]
    made = add_token(
        ward.hospital.desk,
        ward.hospital.actor("eve"),
        ward.hospital.facilities[HERE],
        "feed",
        ["encounter.ingest"],
        days=730,
    )
    tokens: dict[str, str] = {}

    def do(query: str, version: int, number: int) -> None:
        for name in ("sam", "pat"):
            tokens[name] = tokens.get(name) or ward.client.log_in(name, PASSWORD)
        call = ward.client.call
        seen = {"If_Match": f'"{version}"', "Idempotency_Key": f"send-{number}"}
        sent = call("POST", f"/api/queries/{query}/send", tokens["sam"], {}, **seen)
        answers = [
            {"option": given.option, "words": given.words}
            for given in ward.hospital.options(query, OptionKind.DIAGNOSIS)
        ]
        seen = {"If_Match": f'"{sent["version"]}"', "Idempotency_Key": f"answer-{number}"}
        body = {"answers": answers}
        call("POST", f"/api/queries/{query}/answer", tokens["pat"], body, **seen)
        note = {"id": "n1", "kind": "Progress note", "text": CHF}
        stay = {"id": f"N-{number}", "patient": {"id": f"P-{number}"}, "notes": [note]}
        path = f"/api/encounters?facility_id={ward.hospital.facilities[HERE]}"
        call("POST", path, made.secret, stay, Idempotency_Key=f"stay-{number}")

    for number, draft in enumerate(drafts):
        yield lambda d=draft, n=number: do(d.id, d.version, n)  # type: ignore[misc]


def _is_done(ward: Ward) -> bool:
    waiting = DeliveryRow.state.in_([DeliveryState.WAITING, DeliveryState.LEASED])
    unreviewed = EncounterRow.number.startswith("N-"), EncounterRow.reviewed_at.is_(None)
    return not ward.count(DeliveryRow, waiting) and not ward.count(EncounterRow, *unreviewed)


def _check(ward: Ward) -> None:
    assert ward.count(QueryRow, QueryRow.state == QueryState.ANSWERED) == QUERIES
    for table in (ResponseRow, AnswerRow):
        assert ward.count(table) == QUERIES
    for verb in ("query.send", "query.answer"):
        assert ward.count(EventRow, EventRow.verb == verb) == QUERIES
    assert ward.count(EncounterRow, EncounterRow.number.startswith("N-")) == QUERIES
    assert ward.count(DeliveryRow, DeliveryRow.state == DeliveryState.DELIVERED) == 2 * QUERIES
    taken = Counter(headers["webhook-id"] for _, headers, _ in ward.receiver.taken)
    with ward.hospital.store.reading() as session:
        assert set(taken) == set(session.scalars(select(DeliveryRow.id)))
    bodies = {(headers["webhook-id"], body) for _, headers, body in ward.receiver.taken}
    assert len(bodies) == len(taken), "a message is the same each time"
    told = Counter((json.loads(body)["topic"], json.loads(body)["query"]) for _, body in bodies)
    assert set(told.values()) == {1}
    assert verify(ward.hospital.store).faults == ()
    assert compare_texts(ward.hospital.store) == ()
    print(
        f"\n{ward.hospital.store.engine.dialect.name}: {KILLS} kills, {QUERIES} queries sent and "
        f"answered once, {ward.client.repeated} requests repeated, {len(taken)} messages of which "
        f"{sum(taken.values()) - len(taken)} came twice, "
        f"{verify(ward.hospital.store).events} events without fault"
    )


def _wait(until: Callable[[], bool]) -> None:
    end = time.monotonic() + 300
    while not until():
        assert time.monotonic() < end, "the worker leaves something undone"
        time.sleep(0.2)
