"""The follow-up board: what waits for whom, and the steps that bring it on."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from cdi.domain.actor import StaffRole
from cdi.domain.query import AWAITING, UNSENT, QueryState, QueryVerb
from cdi.domain.reasons import END_REASONS, EndReason
from cdi.errors import InputError
from cdi.web.menu import Entry
from cdi.web.routes.worklist import SpecialistVisit
from cdi.workflow.deadlines import escalate, remind
from cdi.workflow.directory import name_people, staff_of
from cdi.workflow.follow_up import open_board
from cdi.workflow.lifecycle import close_query, reroute_query, verify_query

router = APIRouter()
MENU = (
    Entry("Follow-up", "/follow-up", frozenset({StaffRole.SPECIALIST}), place=20),
    Entry("Follow-up", "/follow-up", frozenset({StaffRole.MANAGER}), place=65),
)
Id = Annotated[str, Path(max_length=64)]


@router.get("/follow-up")
def show_board(visit: SpecialistVisit, mine: Annotated[bool, Query()] = False) -> Response:
    """Show the board, in the order of a query's life."""
    board = open_board(visit.desk, visit.actor, visit.place.id, mine=mine)
    now = visit.desk.now()
    heaps = {
        "Drafts": [one for one in board if one.query.state in UNSENT],
        "Overdue": [one for one in board if one.is_late(now)],
        "Waiting": [o for o in board if o.query.state in AWAITING and not o.is_late(now)],
        "Not answered by them": [o for o in board if o.query.state is QueryState.DECLINED],
        "Answered": [one for one in board if one.query.state is QueryState.ANSWERED],
        "In the record": [one for one in board if one.query.state is QueryState.VERIFIED],
    }
    people = [one.query.recipient_id for one in board] + [one.query.owner_id for one in board]
    people += [one.handover.from_id for one in board if one.handover]
    return visit.page(
        "follow_up.html",
        heaps=heaps,
        mine=mine,
        names=name_people(visit.desk, people),
        close_reasons=[r for r in END_REASONS[QueryVerb.CLOSE] if r is not EndReason.VERIFIED],
        physicians=staff_of(visit.desk, visit.place.id, [StaffRole.PHYSICIAN]),
    )


@router.post("/follow-up/{query_id}/{step}")
def take_step(query_id: Id, step: Id, visit: SpecialistVisit) -> Response:
    """Remind, escalate, send on, verify or close."""
    desk, actor, version = visit.desk, visit.actor, visit.number("version")
    if step == "remind":
        remind(desk, actor, query_id, version)
    elif step == "escalate":
        escalate(desk, actor, query_id, version)
    elif step == "reroute":
        reroute_query(desk, actor, query_id, version, visit.text("recipient"))
    elif step == "verify":
        verify_query(desk, actor, query_id, version)
    elif step == "close":
        reason = visit.word("reason", EndReason)
        close_query(desk, actor, query_id, version, reason, visit.text("remark"))
    else:
        raise InputError("there is no such step", field="step")
    return visit.go("/follow-up", _SAID[step])


_SAID = {
    "remind": "A reminder is on its way.",
    "escalate": "Escalated.",
    "reroute": "Sent on; the clock starts anew.",
    "verify": "Marked as found in the record.",
    "close": "Closed.",
}
