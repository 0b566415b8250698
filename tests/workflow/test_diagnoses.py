"""Clarified diagnoses: codes proposed, and what the coder does with them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from desks import Hospital

from cdi.domain.coding import CodeProposal
from cdi.domain.letter import OptionKind
from cdi.domain.query import CODER_STEPS, CoderStatus, PresentOnAdmission
from cdi.errors import ConflictError, InputError, NotAllowed, TransitionError
from cdi.storage.pages import query_events
from cdi.storage.queries import find_diagnosis
from cdi.storage.tables import DiagnosisRow
from cdi.workflow.diagnoses import accept_code, accept_diagnosis, code_diagnosis, return_diagnosis


@dataclass(frozen=True)
class FewCodes:
    """An index of two codes."""

    def propose(self, words: str, limit: int = 5, about: str = "") -> tuple[CodeProposal, ...]:
        because = f"{words.lower()} ({about})"
        return (CodeProposal("I50.9", "Heart failure, unspecified", 0.7, because),)[:limit]

    def search(self, typed: str, limit: int = 12) -> tuple[CodeProposal, ...]:
        return self.propose(typed, limit)

    def title(self, code: str) -> str:
        return {"I50.9": "Heart failure, unspecified", "I50.31": "Acute diastolic"}.get(code, "")


@pytest.fixture
def coded(hospital: Hospital) -> Hospital:
    hospital.desk = replace(hospital.desk, codes=FewCodes())
    return hospital


def diagnosis(hospital: Hospital, identifier: str) -> DiagnosisRow:
    with hospital.store.reading() as session:
        row = find_diagnosis(session, identifier)
        assert row is not None
        assert row.remark is not None
        return row


def test_the_code_of_the_chosen_option_is_proposed_with_its_title(coded: Hospital) -> None:
    (identifier,) = coded.answered().made
    assert diagnosis(coded, identifier).proposals == [
        {"code": "I50.31", "title": "Acute diastolic", "score": 1.0, "because": "option"}
    ]


def test_words_of_ones_own_are_looked_up(coded: Hospital) -> None:
    (identifier,) = coded.answered(OptionKind.OTHER, "High-output failure").made
    proposals = diagnosis(coded, identifier).proposals
    assert [(p["code"], p["because"]) for p in proposals] == [
        ("I50.9", "high-output failure (heart failure)")
    ]


def test_a_coder_accepts_and_codes(coded: Hospital) -> None:
    (identifier,) = coded.answered().made
    desk, kim = coded.desk, coded.actor("kim")
    accepted = accept_diagnosis(desk, kim, identifier, 1)
    done = code_diagnosis(
        desk, kim, identifier, accepted.version, "I50.31", poa=PresentOnAdmission.YES
    )
    row = diagnosis(coded, identifier)
    assert (accepted.state, done.state) == ("accepted", "coded")
    assert (row.code, row.poa, row.coder_id) == ("I50.31", PresentOnAdmission.YES, kim.id)


def test_a_code_that_does_not_exist_is_refused(coded: Hospital) -> None:
    (identifier,) = coded.answered().made
    accept_diagnosis(coded.desk, coded.actor("kim"), identifier, 1)
    with pytest.raises(InputError, match="no such ICD-10-CM code"):
        code_diagnosis(coded.desk, coded.actor("kim"), identifier, 2, "I50.99")


def test_a_diagnosis_is_returned_with_a_question(coded: Hospital) -> None:
    (identifier,) = coded.answered().made
    desk, kim = coded.desk, coded.actor("kim")
    with pytest.raises(InputError, match="say what"):
        return_diagnosis(desk, kim, identifier, 1, " ")
    returned = return_diagnosis(desk, kim, identifier, 1, "Acute on admission?")
    row = diagnosis(coded, identifier)
    assert (returned.state, row.status) == ("returned", CoderStatus.RETURNED)


def test_a_diagnosis_is_not_coded_before_it_is_accepted(coded: Hospital) -> None:
    (identifier,) = coded.answered().made
    with pytest.raises(TransitionError, match="possible: accepted, returned"):
        code_diagnosis(coded.desk, coded.actor("kim"), identifier, 1, "I50.31")


def test_a_coder_who_saw_an_older_version_is_told(coded: Hospital) -> None:
    (identifier,) = coded.answered().made
    accept_diagnosis(coded.desk, coded.actor("kim"), identifier, 1)
    with pytest.raises(ConflictError, match="is at version 2, you saw 1; it is accepted now"):
        return_diagnosis(coded.desk, coded.actor("kim"), identifier, 1, "Why?")


def test_only_coders_code(coded: Hospital) -> None:
    (identifier,) = coded.answered().made
    for who in ("sam", "mia", "pat", "ada", "eve", "bot"):
        with pytest.raises(NotAllowed):
            accept_diagnosis(coded.desk, coded.actor(who), identifier, 1)


def test_every_status_leads_somewhere() -> None:
    assert set(CODER_STEPS) == set(CoderStatus)
    assert all(CODER_STEPS.values())


def test_accepting_a_code_is_one_step_and_both_events(coded: Hospital) -> None:
    (identifier,) = coded.answered().made
    desk, kim = coded.desk, coded.actor("kim")
    done = accept_code(desk, kim, identifier, 1, "I50.31", poa=PresentOnAdmission.YES)
    with coded.store.reading() as session:
        verbs = [event.verb for event in query_events(session, identifier)]
    assert (done.state, verbs) == ("coded", ["diagnosis.accept", "diagnosis.code"])


def test_a_code_may_be_changed_and_both_stand_in_the_trail(coded: Hospital) -> None:
    (identifier,) = coded.answered().made
    desk, kim = coded.desk, coded.actor("kim")
    first = accept_code(desk, kim, identifier, 1, "I50.31")
    accept_code(desk, kim, identifier, first.version, "I50.9")
    with coded.store.reading() as session:
        detail = query_events(session, identifier)[-1].detail
    assert '"before":"I50.31"' in detail
    assert '"code":"I50.9"' in detail


def test_accepting_an_unknown_code_changes_nothing(coded: Hospital) -> None:
    (identifier,) = coded.answered().made
    with pytest.raises(InputError, match="no such ICD-10-CM code"):
        accept_code(coded.desk, coded.actor("kim"), identifier, 1, "I50.99")
    assert diagnosis(coded, identifier).status is CoderStatus.NEW
