from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from desks import ELSEWHERE, HERE, Hospital, make_stay
from sqlalchemy import select

from cdi.domain.actor import Actor, StaffRole
from cdi.errors import ConflictError, InputError, LimitReached, LoginError, NotAllowed, NotFound
from cdi.storage.sessions import find_session, use_once
from cdi.storage.tables import EventRow
from cdi.workflow.identity import (
    add_user,
    confirm,
    find_presence,
    log_in,
    log_out,
    open_emergency,
    revoke_sessions,
)
from cdi.workflow.reviews import read_encounter

PASSWORD = "correct horse battery"
WRONG = "incorrect horse battery"
ADDRESS = "192.0.2.1"


@pytest.fixture
def nora(hospital: Hospital) -> str:
    """A physician with a local account and no care team."""
    place = hospital.facilities[HERE]
    roles = {place: [StaffRole.PHYSICIAN]}
    admin = hospital.actor("eve")
    return add_user(hospital.desk, admin, "Nora", "Dr Nora", roles, password=PASSWORD).id


def _token(hospital: Hospital) -> str:
    return log_in(hospital.desk, "nora", PASSWORD, ADDRESS).token


def _verbs(hospital: Hospital) -> list[str]:
    with hospital.store.reading() as session:
        return [row.verb for row in session.scalars(select(EventRow).order_by(EventRow.number))]


def test_a_login_gives_a_session_with_the_roles_of_the_user(hospital: Hospital, nora: str) -> None:
    login = log_in(hospital.desk, " NORA ", PASSWORD, ADDRESS)
    presence = find_presence(hospital.desk, login.token)
    assert (presence.actor.id, presence.name) == (nora, "Dr Nora")
    assert presence.actor.roles == {hospital.facilities[HERE]: frozenset({StaffRole.PHYSICIAN})}
    assert presence.confirmed.at == hospital.clock()
    assert _verbs(hospital)[-2:] == ["user.add", "session.open"]


def test_the_token_is_not_in_the_database(hospital: Hospital, nora: str) -> None:
    token = _token(hospital)
    with hospital.store.reading() as session:
        row = find_session(session, token)
        assert row is not None
        assert token not in (row.token_hash, row.id)


@pytest.mark.parametrize(("login", "password"), [("nora", WRONG), ("nobody", PASSWORD)])
def test_a_wrong_login_or_password_is_told_alike(
    hospital: Hospital, nora: str, login: str, password: str
) -> None:
    with pytest.raises(LoginError, match="login or password is wrong"):
        log_in(hospital.desk, login, password, ADDRESS)


def test_an_account_without_password_takes_none(hospital: Hospital) -> None:
    with pytest.raises(LoginError):
        log_in(hospital.desk, "sam", "", ADDRESS)


def test_after_five_failures_even_the_right_password_has_to_wait(
    hospital: Hospital, nora: str
) -> None:
    for _ in range(5):
        with pytest.raises(LoginError):
            log_in(hospital.desk, "nora", WRONG, ADDRESS)
    with pytest.raises(LimitReached):
        log_in(hospital.desk, "nora", PASSWORD, "192.0.2.99")
    hospital.clock.pass_hours(0.3)
    assert _token(hospital)


def test_a_success_forgives_the_failures_before_it(hospital: Hospital, nora: str) -> None:
    for _ in range(2):
        for _ in range(4):
            with pytest.raises(LoginError):
                log_in(hospital.desk, "nora", WRONG, ADDRESS)
        assert _token(hospital)


def test_an_address_that_tries_many_logins_is_stopped(hospital: Hospital, nora: str) -> None:
    for number in range(30):
        with pytest.raises(LoginError):
            log_in(hospital.desk, f"guess{number}", WRONG, ADDRESS)
    with pytest.raises(LimitReached):
        log_in(hospital.desk, "nora", PASSWORD, ADDRESS)
    assert log_in(hospital.desk, "nora", PASSWORD, "192.0.2.2").token


def test_an_idle_session_ends_and_a_used_one_goes_on_until_the_shift_is_over(
    hospital: Hospital, nora: str
) -> None:
    idle, used = _token(hospital), _token(hospital)
    for _ in range(40):
        hospital.clock.pass_hours(0.29)
        find_presence(hospital.desk, used)
    with pytest.raises(LoginError, match="the session has ended"):
        find_presence(hospital.desk, idle)
    hospital.clock.pass_hours(0.29)
    hospital.clock.pass_hours(0.29)
    with pytest.raises(LoginError):
        find_presence(hospital.desk, used)


def test_logging_out_ends_the_session_once_and_for_all(hospital: Hospital, nora: str) -> None:
    token = _token(hospital)
    log_out(hospital.desk, token)
    log_out(hospital.desk, token)
    log_out(hospital.desk, "never opened")
    with pytest.raises(LoginError):
        find_presence(hospital.desk, token)


def test_an_administrator_ends_all_sessions_of_a_user(hospital: Hospital, nora: str) -> None:
    tokens = [_token(hospital), _token(hospital)]
    place = hospital.facilities[HERE]
    assert revoke_sessions(hospital.desk, hospital.actor("eve"), nora, place) == 2
    for token in tokens:
        with pytest.raises(LoginError):
            find_presence(hospital.desk, token)
    with pytest.raises(NotAllowed):
        revoke_sessions(hospital.desk, hospital.actor("sam"), nora, place)
    with pytest.raises(NotFound):
        revoke_sessions(hospital.desk, hospital.actor("eve"), hospital.users["zoe"], place)


def test_a_confirmation_is_of_now_and_needs_the_password(hospital: Hospital, nora: str) -> None:
    token = _token(hospital)
    hospital.clock.pass_hours(0.2)
    with pytest.raises(LoginError):
        confirm(hospital.desk, token, WRONG, ADDRESS)
    confirmation = confirm(hospital.desk, token, PASSWORD, ADDRESS)
    assert (confirmation.user_id, confirmation.at) == (nora, hospital.clock())
    assert find_presence(hospital.desk, token).confirmed.at == hospital.clock()


def test_only_an_administrator_of_the_place_adds_users(hospital: Hospital) -> None:
    there = {hospital.facilities[ELSEWHERE]: [StaffRole.CODER]}
    with pytest.raises(NotFound):
        add_user(hospital.desk, hospital.actor("eve"), "max", "Max", there, password=PASSWORD)
    here = {hospital.facilities[HERE]: [StaffRole.CODER]}
    with pytest.raises(NotAllowed):
        add_user(hospital.desk, hospital.actor("mia"), "max", "Max", here, password=PASSWORD)


def test_a_login_is_taken_once_and_a_password_is_long(hospital: Hospital, nora: str) -> None:
    here = {hospital.facilities[HERE]: [StaffRole.CODER]}
    admin = hospital.actor("eve")
    with pytest.raises(ConflictError):
        add_user(hospital.desk, admin, "NORA", "Another", here, password=PASSWORD)
    with pytest.raises(InputError, match="password: at least 12 characters"):
        add_user(hospital.desk, admin, "max", "Max", here, password="short")
    with pytest.raises(InputError, match="at least one role"):
        add_user(hospital.desk, admin, "max", "Max", {}, password=PASSWORD)


def test_emergency_access_opens_one_chart_for_a_while_and_leaves_its_trace(
    hospital: Hospital, nora: str
) -> None:
    stay, other = hospital.ingest().id, hospital.ingest(make_stay(id="E-101")).id

    def physician() -> Actor:
        return find_presence(hospital.desk, token).actor

    token = _token(hospital)
    with pytest.raises(NotFound):
        read_encounter(hospital.desk, physician(), stay, "encounter.read")
    with pytest.raises(InputError, match="a reason is needed"):
        open_emergency(hospital.desk, physician(), stay, " ")
    open_emergency(hospital.desk, physician(), stay, "arrest on the ward")
    assert read_encounter(hospital.desk, physician(), stay, "encounter.read")
    with pytest.raises(NotFound):
        read_encounter(hospital.desk, physician(), other, "encounter.read")
    assert "encounter.open_emergency" in _verbs(hospital)
    hospital.clock.pass_hours(4)
    token = _token(hospital)
    with pytest.raises(NotFound):
        read_encounter(hospital.desk, physician(), stay, "encounter.read")


def test_what_counts_once_counts_for_one_of_many_at_the_same_moment(hospital: Hospital) -> None:
    def use(number: int) -> bool:
        with hospital.store.writing() as session:
            return use_once(session, f"nonce {number % 2}", hospital.clock())

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(use, range(16))) == [False] * 14 + [True] * 2
