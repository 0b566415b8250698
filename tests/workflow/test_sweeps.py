"""What is due without anybody asking, done once however often it is tried."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from desks import CHF, MORNING, SPECIFIED, Hospital, make_stay
from sqlalchemy import func, select

from cdi.domain.encounter import Note, Role
from cdi.domain.letter import OptionKind
from cdi.domain.policy import Policy
from cdi.domain.query import QueryState
from cdi.storage.tables import (
    DeliveryRow,
    EventRow,
    LoginAttemptRow,
    RequestRow,
    SessionRow,
    UsedLinkRow,
    UserRow,
)
from cdi.workflow.identity import log_in
from cdi.workflow.passwords import hash_password
from cdi.workflow.sweeps import Reviewer, forget_old, service_actor, take_due_steps


class Stumbles(list[tuple[str, str, str]]):
    def __call__(self, kind: str, identifier: str, error: Exception) -> None:
        self.append((kind, identifier, type(error).__name__))


def count(hospital: Hospital, table: type, *where: object) -> int:
    with hospital.store.reading() as session:
        return session.scalar(select(func.count()).select_from(table).where(*where)) or 0


def test_encounters_are_reviewed_once_for_each_change(hospital: Hospital) -> None:
    stumbles = Stumbles()
    reviewer, actor = Reviewer(hospital.desk, stumbles), service_actor(hospital.desk)
    hospital.ingest()
    hospital.clock.pass_hours(1)
    assert reviewer.review_changed(actor) == {"reviewed": 1}
    assert reviewer.review_changed(actor) == {}
    hospital.clock.pass_hours(1)
    hospital.ingest(make_stay(SPECIFIED))
    hospital.clock.pass_hours(1)
    assert reviewer.review_changed(actor) == {"reviewed": 1}
    assert count(hospital, EventRow, EventRow.verb == "encounter.review") == 2
    assert stumbles == []


def test_one_encounter_that_cannot_be_reviewed_keeps_no_other_back(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    stumbles = Stumbles()
    monkeypatch.setattr(hospital.desk.scanner, "_longest", 100)
    reviewer, actor = Reviewer(hospital.desk, stumbles), service_actor(hospital.desk)
    bad = hospital.ingest(make_stay(CHF * 9, id="E-1")).id
    hospital.clock.pass_hours(0.01)  # the first to have changed is the first to be reviewed
    hospital.ingest(make_stay(id="E-2"))
    assert reviewer.review_changed(actor, limit=1) == {"failed": 1}
    assert reviewer.review_changed(actor, limit=1) == {"reviewed": 1}
    assert reviewer.review_changed(actor, limit=1) == {}
    assert stumbles == [("review", bad, "InputError")]
    hospital.clock.pass_hours(1.1)
    assert reviewer.review_changed(actor, limit=1) == {"failed": 1}


def test_stays_that_are_worked_on_are_checked_again_at_night(hospital: Hospital) -> None:
    reviewer, actor = Reviewer(hospital.desk, Stumbles()), service_actor(hospital.desk)
    gone = MORNING - timedelta(days=60)
    hospital.ready(make_stay(id="E-1"))
    hospital.ready(make_stay(id="E-2", discharged_at=gone))
    hospital.drafted(make_stay(id="E-3", discharged_at=gone))
    assert reviewer.review_again(actor) == {"reviewed": 2}


def test_due_steps_are_taken_by_the_service(hospital: Hospital) -> None:
    query = hospital.sent()
    hospital.clock.pass_hours(9)
    actor = service_actor(hospital.desk)
    assert take_due_steps(hospital.desk, actor, Stumbles()) == {"sent": 1}
    assert take_due_steps(hospital.desk, actor, Stumbles()) == {}
    assert hospital.query(query.id).reminders == 1
    with hospital.store.reading() as session:
        event = session.scalars(select(EventRow).where(EventRow.verb == "query.remind")).one()
        assert event.actor_id == "service"


def test_one_step_that_fails_keeps_no_other_back(hospital: Hospital) -> None:
    hospital.set_policy(Policy(most_per_day=9))
    first, second = (hospital.sent(make_stay(id=f"E-{n}")) for n in (1, 2))
    hospital.clock.pass_hours(9)
    actor = replace(service_actor(hospital.desk), roles={})
    stumbles = Stumbles()
    assert take_due_steps(hospital.desk, actor, stumbles) == {"failed": 2}
    assert stumbles == [("step", first.id, "NotFound"), ("step", second.id, "NotFound")]


def test_what_is_old_is_forgotten_and_what_is_not_stays(hospital: Hospital) -> None:
    hospital.ingest(key="first")
    log_in_as(hospital, "sam")
    hospital.clock.at += timedelta(days=6)
    hospital.ingest(make_stay(id="E-2"), key="second")
    hospital.clock.at += timedelta(days=2)
    forget_old(hospital.desk)
    assert count(hospital, RequestRow) == 1
    assert (count(hospital, LoginAttemptRow), count(hospital, SessionRow)) == (1, 1)
    hospital.clock.at += timedelta(days=92)
    forget_old(hospital.desk)
    for table in (RequestRow, LoginAttemptRow, SessionRow, UsedLinkRow):
        assert count(hospital, table) == 0, table


def later_note(number: str, text: str, role: Role = Role.PROVIDER) -> Note:
    return Note(number, text, kind="Progress note", author="Dr. Pat Rivera", role=role)


def add_notes(hospital: Hospital, *notes: Note) -> None:
    hospital.clock.pass_hours(1)
    stay = make_stay()
    hospital.ingest(replace(stay, notes=(*stay.notes, *notes)))
    hospital.clock.pass_hours(0.1)
    Reviewer(hospital.desk, Stumbles()).review_changed(service_actor(hospital.desk))


def reminded(hospital: Hospital) -> int:
    return count(hospital, DeliveryRow, DeliveryRow.topic == "query.unverified")


def test_an_answer_that_later_notes_do_not_repeat_is_reminded_of_once_a_day(
    hospital: Hospital,
) -> None:
    query = hospital.answered()
    add_notes(hospital, later_note("n2", "Ambulating, tolerating diet.", Role.NURSING))
    assert reminded(hospital) == 0
    second = later_note("n3", "ASSESSMENT: CHF, improving. Continue Lasix.")
    add_notes(hospital, second)
    assert reminded(hospital) == 1
    third = later_note("n4", "ASSESSMENT: CHF, stable.")
    add_notes(hospital, second, third)
    assert reminded(hospital) == 1, "once a day"
    hospital.clock.pass_hours(24)
    add_notes(hospital, second, third, later_note("n5", "ASSESSMENT: CHF."))
    assert reminded(hospital) == 2
    hospital.clock.pass_hours(24)
    Reviewer(hospital.desk, Stumbles()).review_again(service_actor(hospital.desk))
    assert reminded(hospital) == 2, "nothing was written since"
    assert hospital.query(query.id).state is QueryState.ANSWERED
    add_notes(hospital, later_note("n6", SPECIFIED))
    assert hospital.query(query.id).state is QueryState.VERIFIED
    assert reminded(hospital) == 2


def test_an_answer_with_nothing_to_write_down_is_not_reminded_of(hospital: Hospital) -> None:
    hospital.answered(OptionKind.UNDETERMINED)
    add_notes(hospital, later_note("n2", "ASSESSMENT: CHF, improving."))
    assert reminded(hospital) == 0


def log_in_as(hospital: Hospital, name: str) -> None:
    with hospital.store.writing() as session:
        user = session.get_one(UserRow, hospital.users[name])
        user.password_hash = hash_password("correct horse battery")
    log_in(hospital.desk, name, "correct horse battery", "127.0.0.1")


def test_the_service_belongs_to_every_facility(hospital: Hospital) -> None:
    assert set(service_actor(hospital.desk).roles) == set(hospital.facilities.values())
