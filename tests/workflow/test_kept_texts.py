"""Texts against the trail: a changed, exchanged or removed letter or reply is named."""

from __future__ import annotations

import pytest
from desks import Hospital, make_stay
from sqlalchemy import update

from cdi.domain.letter import OptionKind
from cdi.domain.policy import Policy
from cdi.storage.audit import FaultKind, verify
from cdi.storage.tables import AnswerRow, LetterRow, ResponseRow
from cdi.workflow.kept_texts import compare_texts


def faults(hospital: Hospital) -> list[str]:
    assert verify(hospital.store).faults == (), "the chain itself is whole"
    found = compare_texts(hospital.store)
    assert {fault.kind for fault in found} <= {FaultKind.TEXT}
    return [fault.message.partition(" at event")[0] for fault in found]


@pytest.fixture
def answered(hospital: Hospital) -> str:
    hospital.set_policy(Policy(most_per_day=9))
    hospital.sent(make_stay(id="E-2"))
    return hospital.answered(OptionKind.OTHER, "as I see it").id


def test_letters_and_replies_as_they_were_written_have_no_fault(
    hospital: Hospital, answered: str
) -> None:
    assert faults(hospital) == []


def test_a_letter_whose_text_was_changed_is_named(hospital: Hospital, answered: str) -> None:
    with hospital.store.writing() as session:
        row = session.query(LetterRow).filter_by(query_id=answered).one()
        row.content = row.content.replace("heart", "head")
    assert faults(hospital) == [
        f"version 1 of the letter of query {answered} is not as it was",
    ]


def test_a_letter_changed_together_with_its_hash_is_named(
    hospital: Hospital, answered: str
) -> None:
    with hospital.store.writing() as session:
        row = session.query(LetterRow).filter_by(query_id=answered).one()
        row.content = row.content.replace("heart", "head")
        row.content_hash = hospital.store.digest(row.content)
    assert faults(hospital) == [
        f"version 1 of the letter of query {answered} is not as it was",
        f"the reply to query {answered} is not as it was signed",
    ]


@pytest.mark.parametrize("what", ["addendum", "words", "option", "signer", "signature"])
def test_a_reply_that_was_changed_anywhere_is_named(
    hospital: Hospital, answered: str, what: str
) -> None:
    with hospital.store.writing() as session:
        reply = session.query(ResponseRow).filter_by(query_id=answered).one()
        if what == "addendum":
            reply.addendum = reply.addendum.replace("see", "saw")
            reply.addendum_hash = hospital.store.digest(reply.addendum)
        elif what == "words":
            reply.answers[0].words = "as I saw it"
        elif what == "option":
            reply.answers[0].option = 0
        elif what == "signer":
            reply.answered_by = hospital.users["pia"]
        else:
            reply.signature = hospital.store.digest("another")
    assert faults(hospital) == [f"the reply to query {answered} is not as it was signed"]


def test_what_was_removed_is_named(hospital: Hospital, answered: str) -> None:
    with hospital.store.writing() as session:
        session.execute(update(AnswerRow).values(option=None))
        session.query(LetterRow).filter(LetterRow.query_id != answered).delete()
    assert sorted(faults(hospital))[0] == f"the reply to query {answered} is not as it was signed"
    assert "is missing" in sorted(faults(hospital))[1]
