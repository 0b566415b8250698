"""Reminders, escalation and an end, by the working time of the recipient."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from desks import Hospital
from sqlalchemy import select

from cdi.domain.policy import Policy
from cdi.domain.query import QueryState
from cdi.domain.reasons import EndReason
from cdi.errors import InputError, NotAllowed, NotFound
from cdi.storage.tables import CoverRow, DeliveryRow, UserRow
from cdi.workflow.deadlines import due_steps, escalate, take_step
from cdi.workflow.lifecycle import reroute_query, view_query

# Ids made within a millisecond have no order.
_IN_TIME = (DeliveryRow.created_at, DeliveryRow.target)


def topics(hospital: Hospital) -> list[tuple[str, str]]:
    with hospital.store.reading() as session:
        rows = session.scalars(select(DeliveryRow).order_by(*_IN_TIME))
        return [(row.topic, row.target.split("@")[0]) for row in rows]


def step_all(hospital: Hospital) -> list[str]:
    bot = hospital.actor("bot")
    return [take_step(hospital.desk, bot, query).state for query in due_steps(hospital.desk)]


def test_an_answer_is_due_by_working_hours(hospital: Hospital) -> None:
    hospital.set_policy(Policy(due_hours=16))
    query = hospital.query(hospital.sent().id)
    assert query.due_at == datetime(2026, 6, 4, 16, 0, tzinfo=UTC)


def test_own_hours_of_the_recipient_come_before_those_of_the_facility(hospital: Hospital) -> None:
    with hospital.store.writing() as session:
        user = session.get(UserRow, hospital.users["pat"])
        assert user is not None
        user.schedule = "Mon-Sun 19:00-07:00"
    hospital.set_policy(Policy(due_hours=12))
    query = hospital.query(hospital.sent().id)
    assert query.due_at == datetime(2026, 6, 4, 7, 0, tzinfo=UTC)


def test_nothing_is_due_before_its_time(hospital: Hospital) -> None:
    hospital.sent()
    hospital.clock.pass_hours(7.9)
    assert due_steps(hospital.desk) == []


def test_an_unanswered_query_is_reminded_escalated_and_ended(hospital: Hospital) -> None:
    policy = Policy(
        reminder_hours=(8,),
        escalate_hours=16,
        expire_hours=24,
        escalate_to=hospital.users["pia"],
    )
    hospital.set_policy(policy)
    sent = hospital.sent()
    states = []
    for _ in range(3):
        hospital.clock.pass_hours(24)
        states += step_all(hospital)
    assert states == ["sent", "escalated", "expired"]
    assert topics(hospital) == [
        ("query.sent", "pat"),
        ("query.reminder", "pat"),
        ("query.escalated", "pat"),
        ("query.escalated", "pia"),
        ("query.expired", "pat"),
        ("query.expired", "pia"),
    ]
    assert hospital.query(sent.id).end_reason is EndReason.UNANSWERED
    assert due_steps(hospital.desk) == []


def test_a_step_that_another_worker_took_is_not_taken_again(hospital: Hospital) -> None:
    sent = hospital.sent()
    hospital.clock.pass_hours(9)
    bot = hospital.actor("bot")
    take_step(hospital.desk, bot, sent.id)
    take_step(hospital.desk, bot, sent.id)
    assert hospital.query(sent.id).reminders == 1


def test_whom_it_was_escalated_to_may_answer(hospital: Hospital) -> None:
    hospital.set_policy(Policy(escalate_to=hospital.users["pia"]))
    sent = hospital.sent()
    receipt = escalate(hospital.desk, hospital.actor("sam"), sent.id, sent.version)
    assert view_query(hospital.desk, hospital.actor("pia"), sent.id).state == "escalated"
    assert receipt.state == "escalated"


def test_escalation_takes_somebody_to_escalate_to(hospital: Hospital) -> None:
    sent = hospital.sent()
    with pytest.raises(InputError, match="names nobody"):
        escalate(hospital.desk, hospital.actor("sam"), sent.id, sent.version)
    assert hospital.query(sent.id).state is QueryState.SENT


def test_the_cover_of_an_absent_physician_may_answer_while_it_lasts(hospital: Hospital) -> None:
    sent = hospital.sent()
    with hospital.store.writing() as session:
        session.add(
            CoverRow(
                user_id=hospital.users["pat"],
                covered_by=hospital.users["pia"],
                starts_at=hospital.clock(),
                ends_at=hospital.clock() + timedelta(days=1),
            )
        )
    assert view_query(hospital.desk, hospital.actor("pia"), sent.id).state == "viewed"
    hospital.clock.pass_hours(25)
    with pytest.raises(NotFound):
        view_query(hospital.desk, hospital.actor("pia"), sent.id)


def test_a_query_sent_on_starts_its_clock_anew(hospital: Hospital) -> None:
    sent = hospital.sent()
    before = hospital.query(sent.id).due_at
    hospital.clock.pass_hours(5)
    pia = hospital.users["pia"]
    receipt = reroute_query(hospital.desk, hospital.actor("pat"), sent.id, sent.version, pia)
    query = hospital.query(sent.id)
    assert (receipt.state, query.recipient_id) == ("sent", pia)
    assert query.due_at is not None
    assert before is not None
    assert query.due_at > before
    with pytest.raises(NotAllowed, match="for those who are asked"):
        view_query(hospital.desk, hospital.actor("pat"), sent.id)
