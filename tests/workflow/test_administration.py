"""Accounts, policies, gaps of intake and the proof of the trail, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from desks import ELSEWHERE, HERE, Hospital

from cdi.domain.actor import Actor, StaffRole
from cdi.domain.policy import Policy
from cdi.errors import InputError, LoginError, NotAllowed, NotFound
from cdi.storage.intake import RemarkCount
from cdi.storage.people import find_policy
from cdi.storage.tables import EventRow, MembershipRow, RemarkRow, SessionRow, UserRow
from cdi.workflow.accounts import change_roles, close_account, list_accounts, open_account
from cdi.workflow.identity import find_presence, open_session
from cdi.workflow.identity import log_in as password_login
from cdi.workflow.intake_gaps import open_gaps
from cdi.workflow.passwords import hash_password
from cdi.workflow.policies import change_policy, read_policy
from cdi.workflow.proof import prove_trail

PASSWORD = "correct horse battery"


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


def test_a_closed_account_is_logged_out_at_once_and_opened_with_its_roles(
    hospital: Hospital,
) -> None:
    token, here, eve = log_in(hospital, "sam"), hospital.facilities[HERE], hospital.actor("eve")
    sam = hospital.users["sam"]
    assert close_account(hospital.desk, eve, here, sam).state == "closed"
    with pytest.raises(LoginError):
        find_presence(hospital.desk, token)
    with hospital.store.reading() as session:
        row = session.query(SessionRow).one()
        assert row.revoked_at == hospital.clock(), "not merely hidden by the closed account"
    assert open_account(hospital.desk, eve, here, sam).state == "open"
    with pytest.raises(LoginError):
        find_presence(hospital.desk, token)
    assert find_presence(hospital.desk, log_in(hospital, "sam")).actor.roles == {
        here: {StaffRole.SPECIALIST}
    }
    with hospital.store.reading() as session:
        events = session.query(EventRow).filter(EventRow.verb.in_(["user.close", "user.open"]))
        told = [(e.verb, e.actor_id, e.subject_id, e.detail) for e in events]
    assert told == [
        ("user.close", eve.id, sam, '{"sessions":1}'),
        ("user.open", eve.id, sam, "{}"),
    ]


def test_a_closed_account_cannot_log_in_and_is_asked_nothing(hospital: Hospital) -> None:
    here, eve = hospital.facilities[HERE], hospital.actor("eve")
    with hospital.store.writing() as session:
        session.get_one(UserRow, hospital.users["pat"]).password_hash = hash_password(PASSWORD)
    assert password_login(hospital.desk, "pat", PASSWORD, "test").token
    close_account(hospital.desk, eve, here, hospital.users["pat"])
    with pytest.raises(LoginError):
        password_login(hospital.desk, "pat", PASSWORD, "test")
    draft = hospital.drafted()
    assert hospital.query(draft.id).recipient_id != hospital.users["pat"]


def test_nobody_closes_themselves_or_the_last_administrator(hospital: Hospital) -> None:
    here, eve = hospital.facilities[HERE], hospital.users["eve"]
    with pytest.raises(InputError, match="their own"):
        close_account(hospital.desk, hospital.actor("eve"), here, eve)
    operator = Actor("operator", {here: frozenset({StaffRole.ADMIN})})
    with pytest.raises(InputError, match="last administrator"):
        close_account(hospital.desk, operator, here, eve)
    assert hospital.actor("eve").roles
    with hospital.store.writing() as session:
        admin = MembershipRow(user_id=hospital.users["sam"], facility_id=here, role=StaffRole.ADMIN)
        session.add(admin)
    assert close_account(hospital.desk, operator, here, eve).state == "closed"
    with pytest.raises(InputError, match="last administrator"):
        close_account(hospital.desk, operator, here, hospital.users["sam"])


def test_accounts_are_closed_by_who_administers_everywhere_they_work(hospital: Hospital) -> None:
    here, there, eve = (*map(hospital.facilities.get, (HERE, ELSEWHERE)), hospital.actor("eve"))
    assert here is not None
    assert there is not None
    with pytest.raises(NotFound):
        close_account(hospital.desk, eve, here, hospital.users["zoe"])
    with pytest.raises(NotAllowed):
        close_account(hospital.desk, hospital.actor("mia"), here, hospital.users["sam"])
    with hospital.store.writing() as session:
        session.add(
            MembershipRow(user_id=hospital.users["sam"], facility_id=there, role=StaffRole.CODER)
        )
    with pytest.raises(NotAllowed, match="elsewhere"):
        close_account(hospital.desk, eve, here, hospital.users["sam"])
    assert find_presence(hospital.desk, log_in(hospital, "sam")).actor.roles


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
