"""Queries: drafting, checking, sending, answering, and the other steps of their life."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response, status

from cdi.api.presence import DeskOf, Key, Present, Seen
from cdi.api.schemas import (
    AnswersIn,
    DraftIn,
    IssueOut,
    LetterIn,
    PageOut,
    QueryDetailOut,
    QueryOut,
    ReasonIn,
    ReceiptOut,
    RecipientIn,
    SendIn,
)
from cdi.api.shapes import (
    give_receipt,
    shape_file,
    shape_letter,
    shape_query,
    shape_violation,
    tag,
)
from cdi.domain.actor import StaffRole
from cdi.domain.query import QueryState
from cdi.workflow.addendum import AnswerGiven
from cdi.workflow.answering import answer_query
from cdi.workflow.charts import open_query
from cdi.workflow.drafting import (
    check_edit,
    draft_query,
    edit_letter,
    return_query,
    submit_query,
)
from cdi.workflow.letters import LetterEdit, QuestionEdit, stopping
from cdi.workflow.lifecycle import (
    close_query,
    reroute_query,
    resolve_query,
    verify_query,
    view_query,
    withdraw_query,
)
from cdi.workflow.sending import send_query
from cdi.workflow.worklists import open_queries

router = APIRouter(prefix="/queries", tags=["queries"])
Id = Annotated[str, Path(max_length=64)]


@router.get("")
def list_all(
    desk: DeskOf,
    presence: Present,
    state: Annotated[list[QueryState] | None, Query(max_length=20)] = None,
    encounter_id: Annotated[str, Query(max_length=64)] = "",
    mine: bool = False,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> PageOut[QueryOut]:
    """Return queries, newest first; physicians see those they are asked."""
    page = open_queries(
        desk,
        presence.actor,
        states=state or list(QueryState),
        encounter_id=encounter_id,
        mine=mine,
        cursor=cursor,
        limit=limit,
    )
    return PageOut(items=[shape_query(row) for row in page.rows], following=page.following)


@router.post("", status_code=status.HTTP_201_CREATED)
def draft(
    body: DraftIn, desk: DeskOf, presence: Present, response: Response, key: Key = ""
) -> ReceiptOut:
    """Draft a letter about findings; it joins an unsent one to the same physician."""
    receipt = draft_query(
        desk,
        presence.actor,
        body.encounter_id,
        body.finding_ids,
        recipient_id=body.recipient_id,
        key=key,
    )
    return give_receipt(receipt, response)


@router.get("/{query_id}")
def show(query_id: Id, desk: DeskOf, presence: Present, response: Response) -> QueryDetailOut:
    """Return a query with its letter, what is wrong with it, its answer and its history."""
    file = open_query(desk, presence.actor, query_id)
    tag(response, file.query.version)
    held = presence.actor.roles.get(file.query.facility_id, frozenset())
    return shape_file(file, asked_only=held <= {StaffRole.PHYSICIAN})


@router.post("/{query_id}/check")
def check(query_id: Id, body: LetterIn, desk: DeskOf, presence: Present) -> IssueOut:
    """Tell what is wrong with a letter as it is being edited; nothing is kept."""
    letter, violations = check_edit(desk, presence.actor, query_id, _edit(body))
    return IssueOut(
        letter=shape_letter(letter, codes=True),
        violations=[shape_violation(violation) for violation in violations],
        may_be_sent=not stopping(violations),
    )


@router.put("/{query_id}/letter")
def edit(
    query_id: Id,
    body: LetterIn,
    seen: Seen,
    desk: DeskOf,
    presence: Present,
    response: Response,
    key: Key = "",
) -> ReceiptOut:
    """Keep a new version of an unsent letter."""
    receipt = edit_letter(desk, presence.actor, query_id, seen, _edit(body), key=key)
    return give_receipt(receipt, response)


@router.post("/{query_id}/submit")
def submit(
    query_id: Id, seen: Seen, desk: DeskOf, presence: Present, response: Response, key: Key = ""
) -> ReceiptOut:
    """Put a draft up for a second reader."""
    return give_receipt(submit_query(desk, presence.actor, query_id, seen, key=key), response)


@router.post("/{query_id}/return")
def give_back(
    query_id: Id, seen: Seen, desk: DeskOf, presence: Present, response: Response, key: Key = ""
) -> ReceiptOut:
    """Give a draft back to its writer."""
    return give_receipt(return_query(desk, presence.actor, query_id, seen, key=key), response)


@router.post("/{query_id}/send")
def send(
    query_id: Id,
    body: SendIn,
    seen: Seen,
    desk: DeskOf,
    presence: Present,
    response: Response,
    key: Key = "",
) -> ReceiptOut:
    """Send a letter that has no violations; a manager may override with a reason."""
    receipt = send_query(desk, presence.actor, query_id, seen, override=body.override, key=key)
    return give_receipt(receipt, response)


@router.post("/{query_id}/view")
def view(query_id: Id, desk: DeskOf, presence: Present, response: Response) -> ReceiptOut:
    """Note that the physician has opened the query."""
    return give_receipt(view_query(desk, presence.actor, query_id), response)


@router.post("/{query_id}/answer")
def answer(
    query_id: Id,
    body: AnswersIn,
    seen: Seen,
    desk: DeskOf,
    presence: Present,
    response: Response,
    key: Key = "",
) -> ReceiptOut:
    """Answer every question and sign; `POST /session/confirm` comes shortly before."""
    given = [AnswerGiven(answer.option, answer.words) for answer in body.answers]
    receipt = answer_query(desk, presence.actor, query_id, seen, given, presence.confirmed, key=key)
    return give_receipt(receipt, response)


@router.post("/{query_id}/reroute")
def reroute(
    query_id: Id,
    body: RecipientIn,
    seen: Seen,
    desk: DeskOf,
    presence: Present,
    response: Response,
    key: Key = "",
) -> ReceiptOut:
    """Send a query on to another physician."""
    receipt = reroute_query(desk, presence.actor, query_id, seen, body.recipient_id, key=key)
    return give_receipt(receipt, response)


@router.post("/{query_id}/verify")
def verify(
    query_id: Id, seen: Seen, desk: DeskOf, presence: Present, response: Response, key: Key = ""
) -> ReceiptOut:
    """Note that the record says what was answered."""
    return give_receipt(verify_query(desk, presence.actor, query_id, seen, key=key), response)


@router.post("/{query_id}/close")
def close(
    query_id: Id,
    body: ReasonIn,
    seen: Seen,
    desk: DeskOf,
    presence: Present,
    response: Response,
    key: Key = "",
) -> ReceiptOut:
    """Close an answered query."""
    receipt = close_query(desk, presence.actor, query_id, seen, reason=body.reason, key=key)
    return give_receipt(receipt, response)


@router.post("/{query_id}/withdraw")
def withdraw(
    query_id: Id,
    body: ReasonIn,
    seen: Seen,
    desk: DeskOf,
    presence: Present,
    response: Response,
    key: Key = "",
) -> ReceiptOut:
    """Take a query back."""
    receipt = withdraw_query(desk, presence.actor, query_id, seen, body.reason, key=key)
    return give_receipt(receipt, response)


@router.post("/{query_id}/resolve")
def resolve(
    query_id: Id,
    body: ReasonIn,
    seen: Seen,
    desk: DeskOf,
    presence: Present,
    response: Response,
    key: Key = "",
) -> ReceiptOut:
    """End a draft that needs no sending."""
    receipt = resolve_query(desk, presence.actor, query_id, seen, body.reason, key=key)
    return give_receipt(receipt, response)


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
