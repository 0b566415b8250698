"""Accounts, policies, gaps of intake and the proof of the trail, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from desks import ELSEWHERE, HERE, Hospital

from cdi.domain.actor import StaffRole
from cdi.domain.policy import Policy
from cdi.errors import InputError, LoginError, NotAllowed, NotFound
from cdi.storage.intake import RemarkCount
from cdi.storage.people import find_policy
from cdi.storage.tables import EventRow, RemarkRow, UserRow
from cdi.workflow.accounts import change_roles, list_accounts
from cdi.workflow.identity import find_presence, open_session
from cdi.workflow.intake_gaps import open_gaps
from cdi.workflow.policies import change_policy, read_policy
from cdi.workflow.proof import prove_trail


def log_in(hospital: Hospital, name: str) -> str:
    with hospital.store.writing() as session:
        user = session.get_one(UserRow, hospital.users[name])
        return open_session(hospital.desk, session, user, "test").token


def test_accounts_are_those_of_the_facility_with_roles_and_sessions(hospital: Hospital) -> None:
    log_in(hospital, "sam")
    log_in(hospital, "sam")
    found = list_accounts(hospital.desk, hospital.actor("eve"), hospital.facilities[HERE])
    accounts = {account.user.login: account for account in found}
    assert set(accounts) == {"sam", "mia", "pat", "pia", "kim", "ada", "eve", "bot"}
    assert accounts["sam"].roles == (StaffRole.SPECIALIST,)
    assert (accounts["sam"].sessions, accounts["pat"].sessions) == (2, 0)
    assert accounts["sam"].last_seen_at == hospital.clock()


def test_a_role_that_is_taken_ends_the_sessions_and_is_an_event(hospital: Hospital) -> None:
    token, here, eve = log_in(hospital, "sam"), hospital.facilities[HERE], hospital.actor("eve")
    sam = hospital.users["sam"]
    change_roles(hospital.desk, eve, here, sam, [StaffRole.SPECIALIST, StaffRole.CODER])
    assert find_presence(hospital.desk, token).actor.roles[here] == {
        StaffRole.SPECIALIST,
        StaffRole.CODER,
    }
    change_roles(hospital.desk, eve, here, sam, [StaffRole.CODER])
    with pytest.raises(LoginError):
        find_presence(hospital.desk, token)
    assert hospital.actor("sam").roles == {here: {StaffRole.CODER}}
    with hospital.store.reading() as session:
        details = [e.detail for e in session.query(EventRow).filter_by(verb="user.change")]
    assert details == [
        '{"given":["coder"],"taken":[]}',
        '{"given":[],"taken":["specialist"]}',
    ]


def test_roles_are_changed_by_administrators_of_the_facility_alone(hospital: Hospital) -> None:
    here, there = hospital.facilities[HERE], hospital.facilities[ELSEWHERE]
    sam, zoe = hospital.users["sam"], hospital.users["zoe"]
    with pytest.raises(NotAllowed):
        change_roles(hospital.desk, hospital.actor("mia"), here, sam, [StaffRole.CODER])
    with pytest.raises(NotFound):
        change_roles(hospital.desk, hospital.actor("eve"), there, zoe, [StaffRole.CODER])
    with pytest.raises(NotFound):
        change_roles(hospital.desk, hospital.actor("eve"), here, zoe, [StaffRole.CODER])
    with pytest.raises(InputError, match="themselves"):
        change_roles(hospital.desk, hospital.actor("eve"), here, hospital.users["eve"], [])


def test_a_policy_counts_from_now_on_and_the_event_names_what_changed(hospital: Hospital) -> None:
    here, mia = hospital.facilities[HERE], hospital.actor("mia")
    before = hospital.clock()
    hospital.clock.pass_hours(1)
    changed = replace(read_policy(hospital.desk, mia, here), due_hours=24, most_per_day=3)
    change_policy(hospital.desk, mia, here, changed)
    assert read_policy(hospital.desk, mia, here) == changed
    with hospital.store.reading() as session:
        assert find_policy(session, here, before) == Policy()
        (event,) = session.query(EventRow).filter_by(verb="policy.change")
    assert event.detail == '{"changed":["due_hours","most_per_day"]}'


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"zone": "Mars"}, "zone"),
        ({"hours": "always"}, "schedule"),
        ({"due_hours": 0}, "due_hours"),
        ({"reminder_hours": (8, -1)}, "reminder_hours"),
        ({"expire_hours": 8}, "expire_hours"),
        ({"most_per_day": 0}, "most_per_day"),
        ({"signature_minutes": 90}, "signature_minutes"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused_by_field(
    hospital: Hospital, wrong: dict[str, object], field: str
) -> None:
    policy = replace(Policy(), **wrong)  # type: ignore[arg-type]
    with pytest.raises(InputError) as refused:
        change_policy(hospital.desk, hospital.actor("eve"), hospital.facilities[HERE], policy)
    assert refused.value.field == field


def test_gaps_of_intake_are_counted_by_what_and_why(hospital: Hospital) -> None:
    stay = hospital.ingest().id
    with hospital.store.writing() as session:
        for message in ("no unit", "no unit", "unknown code"):
            row = RemarkRow(encounter_id=stay, field="f", code="unit", message=message)
            row.at = hospital.clock()
            session.add(row)
    here = hospital.facilities[HERE]
    found = open_gaps(hospital.desk, hospital.actor("eve"), here)
    assert found == (
        RemarkCount("unit", "no unit", 2, 1),
        RemarkCount("unit", "unknown code", 1, 1),
    )
    with pytest.raises(NotAllowed):
        open_gaps(hospital.desk, hospital.actor("mia"), here)


def test_proving_the_trail_is_itself_a_line_of_it(hospital: Hospital) -> None:
    hospital.ingest()
    proof = prove_trail(hospital.desk, hospital.actor("ada"))
    assert (proof.events > 0, proof.faults) == (True, ())
    with hospital.store.reading() as session:
        (event,) = session.query(EventRow).filter_by(verb="audit.verify")
    assert f'"events":{proof.events},"faults":0' in event.detail
    with pytest.raises(NotAllowed):
        prove_trail(hospital.desk, hospital.actor("mia"))
