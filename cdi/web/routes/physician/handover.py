"""Not my patient: to a colleague, or back to the specialist."""

from __future__ import annotations

from fastapi import APIRouter, Response

from cdi.domain.query import HandoverReason
from cdi.errors import InputError, LimitReached
from cdi.web.routes.physician.answering import show_closed
from cdi.web.routes.physician.shapes import PhysicianVisit, shape_patient, topics_of
from cdi.workflow.answer_sheets import open_sheet
from cdi.workflow.handover import Handover, decline_query, pass_on_query, suggest_delegates

router = APIRouter()
BACK = "specialist"
REASONS = {
    HandoverReason.NOT_MY_PATIENT: "I do not care for this patient",
    HandoverReason.BETTER_KNOWN_BY_ANOTHER: "A colleague knows this better",
    HandoverReason.AWAY: "I am off duty",
    HandoverReason.UNCLEAR: "I do not understand the question",
}
WHY = {
    "cover": "covers",
    "attending": "attending",
    "consulting": "consulting",
    "service": "same service",
}


@router.get("/questions/{query_id}/pass-on")
def show_form(query_id: str, visit: PhysicianVisit) -> Response:
    """Ask to whom, and why."""
    return _show(visit, query_id)


@router.post("/questions/{query_id}/pass-on")
def hand_over(query_id: str, visit: PhysicianVisit) -> Response:
    """Hand a question over; whoever gets it reads the reason."""
    to, reason, remark = visit.text("to"), visit.text("reason"), visit.text("remark")
    if not to:
        return _show(visit, query_id, wrong="Say who is to have it.")
    if reason not in set(HandoverReason):
        return _show(visit, query_id, wrong="Say why.")
    handover = Handover(HandoverReason(reason), remark)
    version = visit.number("version")
    try:
        if to == BACK:
            decline_query(visit.desk, visit.actor, query_id, version, handover)
        else:
            pass_on_query(visit.desk, visit.actor, query_id, version, to, handover)
    except (InputError, LimitReached) as error:
        return _show(visit, query_id, wrong=str(error))
    return visit.go("/questions", "Handed over.")


def _show(visit: PhysicianVisit, query_id: str, *, wrong: str = "") -> Response:
    sheet = open_sheet(visit.desk, visit.actor, query_id)
    if not sheet.answerable:
        return show_closed(visit, sheet)
    return visit.page(
        "physician/pass_on.html",
        status=422 if wrong else 200,
        patient=shape_patient(sheet.patient, sheet.zone, visit.desk.now()),
        topics=topics_of(sheet.query.letter),
        query=sheet.query,
        delegates=suggest_delegates(visit.desk, visit.actor, query_id),
        why=WHY,
        reasons=[(reason.value, words) for reason, words in REASONS.items()],
        back=BACK,
        wrong=wrong,
        chosen={name: visit.text(name) for name in ("to", "reason", "remark")},
    )
