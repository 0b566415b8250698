"""Whom a query asks: author, attending, service; and who is told and answers in their absence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from desks import CHF, Hospital, make_stay
from sqlalchemy import select

from cdi.domain.encounter import Capacity, Encounter, Note
from cdi.domain.finding import Finding, QueryType
from cdi.domain.letter import OptionKind
from cdi.domain.policy import Policy
from cdi.errors import InputError
from cdi.storage.charts import find_encounter, load_encounter
from cdi.storage.findings import finding_rows
from cdi.storage.json_record import from_value
from cdi.storage.tables import CoverRow, DeliveryRow, UserRow
from cdi.workflow.deadlines import due_steps, take_step
from cdi.workflow.routing import possible_routes

ORDER = ("author", "attending", "service")


def stay_of(author: str, attending: str, service: str = "medicine") -> Encounter:
    """Return a stay in which one wrote what raises the question and another is the attending."""
    first = replace(make_stay().notes[0], author_id=author, capacity=None)
    second = Note(
        "n2",
        "Seen and examined.",
        kind="Progress note",
        author_id=attending,
        capacity=Capacity.ATTENDING,
        recorded_at=first.recorded_at,
    )
    return make_stay(notes=(first, second), service=service)


@pytest.mark.parametrize(
    ("author", "attending", "service", "asked", "because"),
    [
        ("npi-pat", "npi-pia", "medicine", "pat", "author"),
        ("npi-stranger", "npi-pia", "medicine", "pia", "attending"),
        ("npi-kim", "npi-pia", "medicine", "pia", "attending"),  # Kim is no physician
        ("npi-stranger", "npi-unknown", "medicine", "pat", "service"),
    ],
)
def test_the_first_who_is_known_is_asked(
    hospital: Hospital, author: str, attending: str, service: str, asked: str, because: str
) -> None:
    with hospital.store.writing() as session:
        session.get_one(UserRow, hospital.users["pia"]).service = "surgery"
    query = hospital.query(hospital.drafted(stay_of(author, attending, service)).id)
    assert (query.recipient_id, query.routed_by) == (hospital.users[asked], because)


def test_without_anybody_known_the_specialist_has_to_choose(hospital: Hospital) -> None:
    with pytest.raises(InputError, match="nobody to ask is known"):
        hospital.drafted(stay_of("npi-stranger", "npi-unknown", "neurology"))


def test_whose_account_is_closed_is_not_asked(hospital: Hospital) -> None:
    with hospital.store.writing() as session:
        session.get_one(UserRow, hospital.users["pat"]).active = False
    query = hospital.query(hospital.drafted(stay_of("npi-pat", "npi-pia")).id)
    assert (query.recipient_id, query.routed_by) == (hospital.users["pia"], "attending")


def test_a_facility_may_ask_in_another_order(hospital: Hospital) -> None:
    hospital.set_policy(Policy(routing=("attending", "author")))
    query = hospital.query(hospital.drafted(stay_of("npi-pat", "npi-pia")).id)
    assert (query.recipient_id, query.routed_by) == (hospital.users["pia"], "attending")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (QueryType.SPECIFICITY, ["author", "attending", "service"]),
        (QueryType.CONFLICT, ["attending", "author", "service"]),
    ],
)
def test_the_attending_decides_between_authors_who_contradict_each_other(
    hospital: Hospital, kind: QueryType, expected: list[str]
) -> None:
    identifier, _ = hospital.ready(stay_of("npi-pat", "npi-pia"))
    with hospital.store.reading() as session:
        row = find_encounter(session, identifier)
        assert row is not None
        found = [from_value(Finding, one.content) for one in finding_rows(session, identifier)]
        findings = [replace(finding, type=kind) for finding in found]
        stay = load_encounter(session, row)
        routes = possible_routes(session, row, stay, findings, Policy(routing=ORDER))
        assert [route.because for route in routes] == expected


def cover(hospital: Hospital, absent: str, by: str) -> None:
    now = hospital.clock()
    with hospital.store.writing() as session:
        session.add(
            CoverRow(
                user_id=hospital.users[absent],
                covered_by=hospital.users[by],
                starts_at=now,
                ends_at=now + timedelta(hours=12),
            )
        )


def told(hospital: Hospital, topic: str) -> list[str]:
    rows = select(DeliveryRow.target).where(DeliveryRow.topic == topic)
    with hospital.store.reading() as session:
        return sorted(target.split("@")[0] for target in session.scalars(rows))


def test_who_covers_for_the_recipient_is_told_and_answers(hospital: Hospital) -> None:
    cover(hospital, "pat", "pia")
    sent = hospital.sent(make_stay(CHF))
    assert told(hospital, "query.sent") == ["pat", "pia"]
    answers = hospital.options(sent.id, OptionKind.DIAGNOSIS)
    assert hospital.answer(sent.id, sent.version, answers, "pia").state == "answered"


def test_a_cover_that_has_ended_is_not_told(hospital: Hospital) -> None:
    cover(hospital, "pat", "pia")
    hospital.sent(make_stay(CHF))
    hospital.clock.pass_hours(24)
    (query,) = due_steps(hospital.desk)
    take_step(hospital.desk, hospital.actor("bot"), query)
    assert told(hospital, "query.reminder") == ["pat"]
