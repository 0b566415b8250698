from __future__ import annotations

from dataclasses import replace

import pytest
from desks import ELSEWHERE, HERE, Hospital, make_stay
from sqlalchemy import select

from cdi.domain.actor import Actor, StaffRole
from cdi.domain.encounter import Patient
from cdi.domain.letter import OptionKind
from cdi.errors import NotAllowed
from cdi.storage.json_record import to_json
from cdi.storage.queries import find_letter, to_letter
from cdi.storage.tables import EventRow, QueryRow
from cdi.workflow.cards import Card, open_cards
from cdi.workflow.sending import send_query


def _cards(
    hospital: Hospital,
    encounter: str = "E-100",
    patient: str = "MRN-7",
    clinician: str = "",
    place: str = HERE,
) -> tuple[Card, ...]:
    roles = {hospital.facilities[place]: frozenset({StaffRole.SERVICE})}
    machine = Actor("machine", roles, verbs=frozenset({"cards.read"}))
    desk = replace(hospital.desk, address="https://desk.test")
    return open_cards(
        desk, machine, encounters=[encounter], patients=[patient], clinician=clinician
    )


def test_a_card_tells_that_a_question_waits_and_for_whom(hospital: Hospital) -> None:
    query = hospital.sent()
    (card,) = _cards(hospital)
    assert card.summary == "A documentation question awaits an answer from Dr. Pat Rivera"
    assert card.url == f"https://desk.test/questions/{query.id}"
    assert card.detail.endswith("Sent 2026-06-03 09:00, answer expected by 2026-06-04 16:00.")
    assert not card.overdue
    (own,) = _cards(hospital, clinician="npi-pat")
    assert own.summary == "A documentation question awaits your answer"


def test_a_card_names_no_diagnosis(hospital: Hospital) -> None:
    hospital.sent()
    (card,) = _cards(hospital)
    text = f"{card.summary} {card.detail}".lower()
    for word in ("heart", "failure", "chf", "systolic", "i50", "jordan", "mrn-7", "e-100"):
        assert word not in text


@pytest.mark.parametrize(
    "subject", ["Clarification: severe sepsis", "Acute systolic heart failure for higher payment"]
)
def test_a_subject_that_does_not_pass_the_gate_stays_off_the_card(
    hospital: Hospital, subject: str
) -> None:
    query = hospital.sent()
    with hospital.store.writing() as session:
        row = session.get(QueryRow, query.id)
        assert row is not None
        letter = find_letter(session, row)
        letter.content = to_json(replace(to_letter(letter), subject=subject))
    (card,) = _cards(hospital)
    assert card.detail == "Sent 2026-06-03 09:00, answer expected by 2026-06-04 16:00."


def test_a_neutral_subject_stands_on_the_card(hospital: Hospital) -> None:
    query = hospital.sent()
    with hospital.store.writing() as session:
        row = session.get(QueryRow, query.id)
        assert row is not None
        letter = find_letter(session, row)
        letter.content = to_json(
            replace(to_letter(letter), subject="Clarification: cardiac status")
        )
    (card,) = _cards(hospital)
    assert card.detail.startswith("Clarification: cardiac status. Sent 2026-06-03")


def test_only_what_waits_for_an_answer_has_a_card(hospital: Hospital) -> None:
    draft = hospital.drafted()
    assert _cards(hospital) == ()
    sent = send_query(hospital.desk, hospital.actor("sam"), draft.id, draft.version)
    assert len(_cards(hospital)) == 1
    hospital.answer(sent.id, sent.version, hospital.options(sent.id, OptionKind.DIAGNOSIS))
    assert _cards(hospital) == ()


def test_a_known_stay_is_told_of_alone_an_unknown_one_by_its_patient(hospital: Hospital) -> None:
    hospital.sent()
    hospital.ingest(make_stay(id="E-200"))
    assert len(_cards(hospital, "E-100", "nobody")) == 1
    assert _cards(hospital, "E-200", "MRN-7") == ()
    assert len(_cards(hospital, "unknown", "MRN-7")) == 1
    assert _cards(hospital, "unknown", "MRN-8") == ()
    hospital.ingest(make_stay(id="E-300", patient=Patient("MRN-8", "Another")))
    assert _cards(hospital, "E-300", "MRN-8") == ()


def test_a_card_is_overdue_after_its_day(hospital: Hospital) -> None:
    hospital.sent()
    hospital.clock.pass_hours(48)
    (card,) = _cards(hospital)
    assert card.overdue


def test_a_machine_of_another_facility_sees_nothing(hospital: Hospital) -> None:
    hospital.sent()
    assert _cards(hospital, place=ELSEWHERE) == ()


def test_cards_are_for_machines_and_their_showing_is_an_event(hospital: Hospital) -> None:
    hospital.sent()
    _cards(hospital)
    with hospital.store.reading() as session:
        shown = session.scalars(select(EventRow).where(EventRow.verb == "cards.read")).one()
    assert shown.actor_id == "machine"
    with pytest.raises(NotAllowed):
        open_cards(hospital.desk, hospital.actor("pat"), encounters=["E-100"], patients=[])
