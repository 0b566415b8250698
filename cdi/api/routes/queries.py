"""Queries: drafting, checking, sending, answering, and the other steps of their life."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, status

from cdi.api.calls import Change, Look, Write
from cdi.api.schemas import (
    AnswersIn,
    DraftIn,
    EndIn,
    IssueOut,
    LetterIn,
    PageOut,
    QueryDetailOut,
    QueryOut,
    ReceiptOut,
    RecipientIn,
    SendIn,
)
from cdi.api.shapes import (
    shape_file,
    shape_letter,
    shape_query,
    shape_violation,
)
from cdi.domain.actor import StaffRole
from cdi.domain.query import QueryState
from cdi.workflow.addendum import AnswerGiven
from cdi.workflow.answering import answer_query
from cdi.workflow.charts import open_query
from cdi.workflow.drafting import (
    draft_query,
    edit_letter,
    return_query,
    submit_query,
)
from cdi.workflow.letters import LetterEdit, QuestionEdit
from cdi.workflow.lifecycle import (
    close_query,
    reroute_query,
    resolve_query,
    verify_query,
    view_query,
    withdraw_query,
)
from cdi.workflow.sending import Override, send_query
from cdi.workflow.wording import check_wording
from cdi.workflow.worklists import open_queries

router = APIRouter(prefix="/queries", tags=["queries"])
Id = Annotated[str, Path(max_length=64)]


@router.get("")
def list_all(
    call: Look,
    state: Annotated[list[QueryState] | None, Query(max_length=20)] = None,
    encounter_id: Annotated[str, Query(max_length=64)] = "",
    mine: bool = False,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> PageOut[QueryOut]:
    """Return queries, newest first; physicians see those they are asked."""
    page = open_queries(
        call.desk,
        call.actor,
        states=state or list(QueryState),
        encounter_id=encounter_id,
        mine=mine,
        cursor=cursor,
        limit=limit,
    )
    return PageOut(items=[shape_query(row) for row in page.rows], following=page.following)


@router.post("", status_code=status.HTTP_201_CREATED)
def draft(body: DraftIn, call: Write) -> ReceiptOut:
    """Draft a letter about findings; it joins an unsent one to the same physician."""
    receipt = draft_query(
        call.desk,
        call.actor,
        body.encounter_id,
        body.finding_ids,
        recipient_id=body.recipient_id,
        key=call.key,
    )
    return call.give(receipt)


@router.get("/{query_id}")
def show(query_id: Id, call: Look) -> QueryDetailOut:
    """Return a query with its letter, what is wrong with it, its answer and its history."""
    file = open_query(call.desk, call.actor, query_id)
    call.tag(file.query.version)
    held = call.actor.roles.get(file.query.facility_id, frozenset())
    return shape_file(file, asked_only=held <= {StaffRole.PHYSICIAN})


@router.post("/{query_id}/check")
def check(query_id: Id, body: LetterIn, call: Look) -> IssueOut:
    """Tell what is wrong with a letter as it is being edited; nothing is kept."""
    checked = check_wording(call.desk, call.actor, query_id, _edit(body))
    return IssueOut(
        letter=shape_letter(checked.letter, codes=True),
        violations=[shape_violation(violation) for violation in checked.violations],
        may_be_sent=checked.may_be_sent,
    )


@router.put("/{query_id}/letter")
def edit(query_id: Id, body: LetterIn, call: Change) -> ReceiptOut:
    """Keep a new version of an unsent letter."""
    receipt = edit_letter(call.desk, call.actor, query_id, call.seen, _edit(body), key=call.key)
    return call.give(receipt)


@router.post("/{query_id}/submit")
def submit(query_id: Id, call: Change) -> ReceiptOut:
    """Put a draft up for a second reader."""
    return call.give(submit_query(call.desk, call.actor, query_id, call.seen, key=call.key))


@router.post("/{query_id}/return")
def give_back(query_id: Id, call: Change) -> ReceiptOut:
    """Give a draft back to its writer."""
    return call.give(return_query(call.desk, call.actor, query_id, call.seen, key=call.key))


@router.post("/{query_id}/send")
def send(query_id: Id, body: SendIn, call: Change) -> ReceiptOut:
    """Send a letter that has no violations; a manager may override with a reason."""
    override = Override(body.override, body.remark) if body.override else None
    receipt = send_query(
        call.desk, call.actor, query_id, call.seen, override=override, key=call.key
    )
    return call.give(receipt)


@router.post("/{query_id}/view")
def view(query_id: Id, call: Look) -> ReceiptOut:
    """Note that the physician has opened the query."""
    return call.give(view_query(call.desk, call.actor, query_id))


@router.post("/{query_id}/answer")
def answer(query_id: Id, body: AnswersIn, call: Change) -> ReceiptOut:
    """Answer every question and sign; `POST /session/confirm` comes shortly before."""
    given = [AnswerGiven(answer.option, answer.words) for answer in body.answers]
    receipt = answer_query(
        call.desk, call.actor, query_id, call.seen, given, call.presence.confirmed, key=call.key
    )
    return call.give(receipt)


@router.post("/{query_id}/reroute")
def reroute(query_id: Id, body: RecipientIn, call: Change) -> ReceiptOut:
    """Send a query on to another physician."""
    receipt = reroute_query(
        call.desk, call.actor, query_id, call.seen, body.recipient_id, key=call.key
    )
    return call.give(receipt)


@router.post("/{query_id}/verify")
def verify(query_id: Id, call: Change) -> ReceiptOut:
    """Note that the record says what was answered."""
    return call.give(verify_query(call.desk, call.actor, query_id, call.seen, key=call.key))


@router.post("/{query_id}/close")
def close(query_id: Id, body: EndIn, call: Change) -> ReceiptOut:
    """Close an answered query."""
    receipt = close_query(
        call.desk, call.actor, query_id, call.seen, body.reason, body.remark, key=call.key
    )
    return call.give(receipt)


@router.post("/{query_id}/withdraw")
def withdraw(query_id: Id, body: EndIn, call: Change) -> ReceiptOut:
    """Take a query back."""
    receipt = withdraw_query(
        call.desk, call.actor, query_id, call.seen, body.reason, body.remark, key=call.key
    )
    return call.give(receipt)


@router.post("/{query_id}/resolve")
def resolve(query_id: Id, body: EndIn, call: Change) -> ReceiptOut:
    """End a draft that needs no sending."""
    receipt = resolve_query(
        call.desk, call.actor, query_id, call.seen, body.reason, body.remark, key=call.key
    )
    return call.give(receipt)


def _edit(body: LetterIn) -> LetterEdit:
    return LetterEdit(
        body.subject,
        tuple(
            QuestionEdit(
                question.stem,
                tuple((option.text, option.kind) for option in question.options),
                tuple(question.facts),
            )
            for question in body.questions
        ),
    )
