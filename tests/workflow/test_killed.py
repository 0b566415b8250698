"""A process killed in the middle of its work: nothing is lost, doubled or half done."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from desks import Hospital, make_stay
from sqlalchemy import func, select

from cdi.domain.letter import OptionKind
from cdi.domain.policy import Policy
from cdi.domain.query import QueryState
from cdi.storage.audit import verify
from cdi.storage.engine import make_engine
from cdi.storage.store import Store
from cdi.storage.tables import (
    AnswerRow,
    DeliveryRow,
    DiagnosisRow,
    EventRow,
    QueryRow,
    ResponseRow,
)
from cdi.workflow.answering import answer_query
from cdi.workflow.sending import send_query

_KILLS = 20
_QUERIES = 40


def work(hospital: Hospital, queries: Sequence[tuple[str, int]]) -> None:
    """Send and answer every query, each request under its key, as a client repeats them."""
    sam, pat = hospital.actor("sam"), hospital.actor("pat")
    desk = hospital.desk
    for query_id, version in queries:
        sent = send_query(desk, sam, query_id, version, key=f"send {query_id}")
        answers = hospital.options(query_id, OptionKind.DIAGNOSIS)
        answer_query(
            desk,
            pat,
            query_id,
            sent.version,
            answers,
            hospital.confirmation(),
            key=f"answer {query_id}",
        )


def in_child(hospital: Hospital) -> Hospital:
    """Return the same hospital over connections of its own: those of the parent are not its."""
    url = hospital.store.engine.url.render_as_string(hide_password=False)
    store = Store(make_engine(url), hospital.store.audit_key, hospital.store.vault)
    return replace(hospital, store=store, desk=replace(hospital.desk, store=store))


def work_until_killed(
    hospital: Hospital, queries: Sequence[tuple[str, int]], seconds: float
) -> bool:
    """Work in a process of its own, killed after a while; tell whether the kill came in time."""
    hospital.store.close()
    child = os.fork()
    if child == 0:
        try:
            work(in_child(hospital), queries)
        finally:
            os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def count(hospital: Hospital, table: Any, *where: Any) -> int:
    with hospital.store.reading() as session:
        return session.scalar(select(func.count()).select_from(table).where(*where)) or 0


@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_killed_at_twenty_points_nothing_is_lost_or_doubled(hospital: Hospital) -> None:
    hospital.set_policy(Policy(most_per_day=1_000))
    drafts = [hospital.drafted(make_stay(id=f"E-{n}")) for n in range(_QUERIES)]
    queries = [(draft.id, draft.version) for draft in drafts]
    began = time.perf_counter()
    work(hospital, queries[:1])
    longest = 1.5 * (time.perf_counter() - began)
    chance, kills = random.Random(20260603), 0
    for _ in range(_KILLS):
        # What is done is left out, so that each process is killed in the middle of new work.
        left = queries[max(count(hospital, ResponseRow) - 1, 0) :]
        kills += work_until_killed(hospital, left, chance.uniform(0.0, longest))
        assert verify(hospital.store).faults == ()
        answered = count(hospital, EventRow, EventRow.verb == "query.answer")
        assert answered == count(hospital, ResponseRow) == count(hospital, AnswerRow)
    work(hospital, queries)
    assert kills == _KILLS
    assert count(hospital, QueryRow, QueryRow.state == QueryState.ANSWERED) == _QUERIES
    for table in (ResponseRow, AnswerRow, DiagnosisRow):
        assert count(hospital, table) == _QUERIES
    for verb in ("query.send", "query.answer"):
        assert count(hospital, EventRow, EventRow.verb == verb) == _QUERIES
    assert count(hospital, DeliveryRow, DeliveryRow.topic == "query.sent") == _QUERIES
    assert verify(hospital.store).faults == ()
