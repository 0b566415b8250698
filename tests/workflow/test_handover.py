"""Questions that reached the wrong physician."""

from __future__ import annotations

import pytest
from desks import Hospital
from sqlalchemy import select

from cdi.domain.query import HandoverReason, QueryState
from cdi.errors import ConflictError, InputError, NotAllowed, NotFound
from cdi.storage.answering import handovers_of
from cdi.storage.pages import query_events
from cdi.storage.tables import CareTeamRow, DeliveryRow, MembershipRow
from cdi.workflow.handover import (
    Delegate,
    Handover,
    decline_query,
    pass_on_query,
    suggest_delegates,
)
from cdi.workflow.lifecycle import reroute_query

NOT_MINE = Handover(HandoverReason.NOT_MY_PATIENT, " Off service since Monday ")


def test_a_question_given_back_stops_its_clock_and_tells_the_specialist(
    hospital: Hospital,
) -> None:
    sent = hospital.sent()
    receipt = decline_query(hospital.desk, hospital.actor("pat"), sent.id, sent.version, NOT_MINE)
    query = hospital.query(sent.id)
    with hospital.store.reading() as session:
        (handover,) = handovers_of(session, sent.id)
        assert handover.remark == "Off service since Monday"
        event = query_events(session, sent.id)[-1]
        told = session.scalars(select(DeliveryRow.target).order_by(DeliveryRow.id)).all()
    assert (receipt.state, query.state, query.next_step_at) == (
        "declined",
        QueryState.DECLINED,
        None,
    )
    assert (handover.from_id, handover.to_id) == (hospital.users["pat"], None)
    assert told == ["pat@example.org", "sam@example.org"]
    assert "Monday" not in event.detail
    assert '"reason":"not_my_patient"' in event.detail


def test_what_was_given_back_is_sent_to_another(hospital: Hospital) -> None:
    sent = hospital.sent()
    declined = decline_query(hospital.desk, hospital.actor("pat"), sent.id, sent.version, NOT_MINE)
    reroute_query(
        hospital.desk, hospital.actor("sam"), sent.id, declined.version, hospital.users["pia"]
    )
    query = hospital.query(sent.id)
    assert (query.state, query.recipient_id) == (QueryState.SENT, hospital.users["pia"])
    assert query.next_step_at is not None


def test_a_question_passed_on_is_the_others(hospital: Hospital) -> None:
    sent = hospital.sent()
    desk, pat = hospital.desk, hospital.actor("pat")
    pass_on_query(desk, pat, sent.id, sent.version, hospital.users["pia"], NOT_MINE)
    query = hospital.query(sent.id)
    with hospital.store.reading() as session:
        (handover,) = handovers_of(session, sent.id)
    assert (query.state, query.recipient_id) == (QueryState.SENT, hospital.users["pia"])
    assert handover.to_id == hospital.users["pia"]
    with pytest.raises(NotAllowed):
        decline_query(desk, hospital.actor("pat"), sent.id, query.version, NOT_MINE)


def test_a_question_goes_to_physicians_of_the_facility_only(hospital: Hospital) -> None:
    sent = hospital.sent()
    with pytest.raises(InputError, match="recipient: not a physician of this facility"):
        pass_on_query(
            hospital.desk,
            hospital.actor("pat"),
            sent.id,
            sent.version,
            hospital.users["sam"],
            NOT_MINE,
        )
    assert hospital.query(sent.id).recipient_id == hospital.users["pat"]


def test_a_remark_that_is_too_long_is_refused(hospital: Hospital) -> None:
    sent = hospital.sent()
    long = Handover(HandoverReason.UNCLEAR, "x" * 401)
    with pytest.raises(InputError, match="remark: at most 400 characters"):
        decline_query(hospital.desk, hospital.actor("pat"), sent.id, sent.version, long)


def test_who_saw_an_older_version_is_told(hospital: Hospital) -> None:
    sent = hospital.sent()
    with pytest.raises(ConflictError):
        decline_query(hospital.desk, hospital.actor("pat"), sent.id, sent.version - 1, NOT_MINE)


def test_only_those_who_are_asked_hand_over(hospital: Hospital) -> None:
    sent = hospital.sent()
    with pytest.raises(NotAllowed):
        decline_query(hospital.desk, hospital.actor("sam"), sent.id, sent.version, NOT_MINE)
    with pytest.raises(NotFound):
        decline_query(hospital.desk, hospital.actor("pia"), sent.id, sent.version, NOT_MINE)


def test_delegates_are_the_care_team_then_the_service_never_oneself(hospital: Hospital) -> None:
    sent = hospital.sent()
    pat = hospital.actor("pat")
    query = hospital.query(sent.id)
    assert suggest_delegates(hospital.desk, pat, sent.id) == (
        Delegate(hospital.users["pia"], "Dr. Pia Rivera", "service"),
    )
    with hospital.store.writing() as session:
        for name in ("pia", "sam"):
            session.add(
                CareTeamRow(
                    encounter_id=query.encounter_id, user_id=hospital.users[name], part="attending"
                )
            )
    assert suggest_delegates(hospital.desk, pat, sent.id) == (
        Delegate(hospital.users["pia"], "Dr. Pia Rivera", "attending"),
    )
    with hospital.store.writing() as session:
        for held in session.scalars(select(MembershipRow)):
            if held.user_id == hospital.users["pia"]:
                session.delete(held)
    assert suggest_delegates(hospital.desk, pat, sent.id) == ()
