"""Several at once: one of them is carried out, the others are told so."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from desks import Hospital, make_stay
from sqlalchemy import func, select

from cdi.domain.letter import OptionKind
from cdi.domain.reasons import EndReason
from cdi.errors import CdiError, ConflictError, IdempotencyError, TransitionError
from cdi.storage.audit import verify
from cdi.storage.tables import AnswerRow, DiagnosisRow, EncounterRow, EventRow, ResponseRow
from cdi.workflow.answering import answer_query
from cdi.workflow.desk import Receipt
from cdi.workflow.drafting import draft_query, submit_query
from cdi.workflow.lifecycle import withdraw_query


def at_once(*calls: Callable[[], Receipt]) -> tuple[list[Receipt], list[CdiError]]:
    """Start every call at the same moment; return what they gave and what they raised."""
    start = Barrier(len(calls))

    def run(call: Callable[[], Receipt]) -> Any:
        start.wait()
        try:
            return call()
        except CdiError as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        results = list(pool.map(run, calls))
    errors = [result for result in results if isinstance(result, CdiError)]
    return [result for result in results if isinstance(result, Receipt)], errors


def count(hospital: Hospital, table: Any, *where: Any) -> int:
    with hospital.store.reading() as session:
        return session.scalar(select(func.count()).select_from(table).where(*where)) or 0


def test_of_two_answers_at_once_one_counts_and_the_other_is_told(hospital: Hospital) -> None:
    sent = hospital.sent()
    answers = hospital.options(sent.id, OptionKind.DIAGNOSIS)
    given = [hospital.options(sent.id, OptionKind.UNDETERMINED), answers]
    receipts, errors = at_once(
        *(lambda each=each: hospital.answer(sent.id, sent.version, each) for each in given)
    )
    assert (len(receipts), len(errors)) == (1, 1)
    assert isinstance(errors[0], ConflictError)
    assert count(hospital, ResponseRow) == count(hospital, AnswerRow) == 1
    assert count(hospital, EventRow, EventRow.verb == "query.answer") == 1
    assert verify(hospital.store).faults == ()


def test_of_two_editors_at_once_one_counts_and_the_other_is_told(hospital: Hospital) -> None:
    draft = hospital.drafted()
    desk, sam, mia = hospital.desk, hospital.actor("sam"), hospital.actor("mia")
    receipts, errors = at_once(
        lambda: submit_query(desk, sam, draft.id, draft.version),
        lambda: withdraw_query(desk, mia, draft.id, draft.version, EndReason.NOT_NEEDED),
    )
    assert (len(receipts), len(errors)) == (1, 1)
    assert isinstance(errors[0], ConflictError | TransitionError)
    assert hospital.query(draft.id).state.value == receipts[0].state


def test_two_drafts_about_one_finding_at_once_are_one_query(hospital: Hospital) -> None:
    identifier, findings = hospital.ready()
    desk, sam, mia = hospital.desk, hospital.actor("sam"), hospital.actor("mia")
    receipts, errors = at_once(
        *(lambda who=who: draft_query(desk, who, identifier, findings) for who in (sam, mia))
    )
    assert (len(receipts), len(errors)) == (1, 1)
    assert isinstance(errors[0], ConflictError)


def test_the_same_answer_sent_five_times_at_once_is_given_once(hospital: Hospital) -> None:
    sent = hospital.sent()
    answers = hospital.options(sent.id, OptionKind.DIAGNOSIS)
    pat, confirmation = hospital.actor("pat"), hospital.confirmation()

    def answer() -> Receipt:
        return answer_query(
            hospital.desk, pat, sent.id, sent.version, answers, confirmation, key="one"
        )

    receipts, errors = at_once(*[answer] * 5)
    assert errors == []
    assert len(set(receipts)) == 1
    assert answer() == receipts[0]
    assert count(hospital, ResponseRow) == count(hospital, DiagnosisRow) == 1
    assert count(hospital, EventRow, EventRow.verb == "query.answer") == 1


def test_the_same_encounter_sent_five_times_at_once_is_stored_once(hospital: Hospital) -> None:
    receipts, errors = at_once(*[lambda: hospital.ingest(key="message-1")] * 5)
    assert errors == []
    assert len({receipt.id for receipt in receipts}) == 1
    assert count(hospital, EncounterRow) == 1
    assert count(hospital, EventRow, EventRow.verb == "encounter.ingest") == 1


def test_a_key_that_comes_with_another_request_is_refused(hospital: Hospital) -> None:
    hospital.ingest(key="message-1")
    with pytest.raises(IdempotencyError):
        hospital.ingest(make_stay("Another text."), key="message-1")


def test_a_request_that_failed_may_be_sent_again_with_its_key(hospital: Hospital) -> None:
    draft = hospital.drafted()
    desk, sam = hospital.desk, hospital.actor("sam")
    with pytest.raises(ConflictError):
        submit_query(desk, sam, draft.id, draft.version + 7, key="again")
    assert submit_query(desk, sam, draft.id, draft.version, key="again").state == "in_review"


def test_events_appended_at_once_form_one_chain(hospital: Hospital) -> None:
    stays = [make_stay(id=f"E-{number}") for number in range(8)]
    receipts, errors = at_once(*(lambda stay=stay: hospital.ingest(stay) for stay in stays))
    assert (len(receipts), errors) == (8, [])
    proof = verify(hospital.store)
    assert (proof.events, proof.faults) == (8, ())
