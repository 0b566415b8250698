"""What waits for a physician, and what they have answered."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from cdi.web.routes.physician.shapes import (
    STATES,
    PhysicianVisit,
    sentence_case,
    shape_patient,
    topics_of,
)
from cdi.workflow.answer_sheets import PatientQueries, open_asked, open_signed
from cdi.workflow.kept_answers import find_stranded, forget_answers

router = APIRouter()
_PAGE = 30


@router.get("/questions")
def show_inbox(visit: PhysicianVisit) -> Response:
    """Show the open questions by patient, the one due first at the top."""
    stays = open_asked(visit.desk, visit.actor)
    stranded = find_stranded(visit.desk, visit.actor)
    return visit.page(
        "physician/inbox.html",
        stays=[_shape_stay(visit, stay) for stay in stays],
        stranded=stranded,
        states=STATES,
    )


@router.post("/questions/{query_id}/forget")
def forget(query_id: str, visit: PhysicianVisit) -> Response:
    """Put away words that can no longer be signed."""
    forget_answers(visit.desk, visit.actor, query_id)
    return visit.go("/questions", "Put away.")


@router.get("/answers")
def show_answers(
    visit: PhysicianVisit, before: Annotated[str, Query(max_length=64)] = ""
) -> Response:
    """Show what the physician has signed, newest first."""
    replies = open_signed(visit.desk, visit.actor, before=before, limit=_PAGE + 1)
    shown = [
        {
            "query_id": reply.query.id,
            "topics": [sentence_case(topic) for topic in reply.topics],
            "patient": shape_patient(reply.patient, visit.zone, visit.desk.now()),
            "at": reply.response.answered_at,
        }
        for reply in replies[:_PAGE]
    ]
    more = replies[_PAGE - 1].response.id if len(replies) > _PAGE else ""
    return visit.page("physician/answers.html", replies=shown, more=more)


def _shape_stay(visit: PhysicianVisit, stay: PatientQueries) -> dict[str, object]:
    asked = [
        {
            "topics": topics_of(query.letter),
            "because": query.because,
            "recipient": query.recipient,
            "due": query.row.due_at,
            "late": query.row.due_at is not None and query.row.due_at < visit.desk.now(),
            "kept": len(query.kept),
        }
        for query in stay.queries
    ]
    questions = sum(len(query.letter.questions) for query in stay.queries)
    answered = sum(len(query.kept) for query in stay.queries)
    return {
        "first": stay.queries[0].row.id,
        "patient": shape_patient(stay.patient, stay.zone, visit.desk.now()),
        "asked": asked,
        "questions": questions,
        "answered": answered,
        "zone": stay.zone,
    }
