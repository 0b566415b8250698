"""The specialist's worklist: heaps, filters, search, assignment."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response

from cdi.domain.actor import StaffRole
from cdi.domain.query import FindingState
from cdi.errors import InputError
from cdi.web.menu import Entry
from cdi.web.visit import Visit, visit_of
from cdi.workflow.assignment import assign_encounters, drop_filter, save_filter
from cdi.workflow.directory import name_people, staff_of
from cdi.workflow.drafting import draft_query
from cdi.workflow.patients import Line, View, Wanted, list_patients, open_line

router = APIRouter()
SPECIALISTS = (StaffRole.SPECIALIST, StaffRole.MANAGER)
SpecialistVisit = Annotated[Visit, visit_of(*SPECIALISTS)]
MENU = (
    Entry("Worklist", "/worklist", frozenset({StaffRole.SPECIALIST}), place=10),
    Entry("Worklist", "/worklist", frozenset({StaffRole.MANAGER}), place=60),
)
_HEAPS = {
    View.OPEN: "All open",
    View.MINE: "Mine",
    View.UNASSIGNED: "Unassigned",
    View.DRAFTS: "Drafts",
    View.AWAITING: "Awaiting answer",
    View.ANSWERED: "Answered",
    View.SNOOZED: "Snoozed",
}
_Word = Annotated[str, Query(max_length=80)]


@router.get("/worklist")
def show_worklist(
    visit: SpecialistVisit, view: View = View.OPEN, service: _Word = "", condition: _Word = ""
) -> Response:
    """Show a heap of the desk, most urgent first."""
    return _show(visit, Wanted(view, service, condition))


@router.post("/worklist/search")
def search(visit: SpecialistVisit) -> Response:
    """Show what is found on all heaps; posted, so that no name stands in an address."""
    words = visit.text("words").strip()[:200]
    return _show(visit, Wanted(words=words))


@router.post("/worklist/assign")
def assign(visit: SpecialistVisit) -> Response:
    """Give the chosen encounters to somebody, or one of them by its own button."""
    only = visit.text("only")
    chosen = [only] if only else visit.texts("encounters")
    owner = visit.text("to") if only else visit.text("owner")
    owner = visit.actor.id if owner == "me" else owner
    assign_encounters(visit.desk, visit.actor, chosen, owner)
    if only and visit.is_partial:
        line = open_line(visit.desk, visit.actor, only)
        return visit.page("_worklist_line.html", line=line, **_of_lines(visit, [line]))
    told = "1 encounter" if len(chosen) == 1 else f"{len(chosen)} encounters"
    return visit.go(_address(_posted(visit)), f"{told} {'assigned' if owner else 'given back'}.")


@router.post("/worklist/filters")
def keep_filter(visit: SpecialistVisit) -> Response:
    """Keep the filter that is shown, under a name."""
    wanted = _posted(visit)
    save_filter(visit.desk, visit.actor, visit.text("name"), wanted)
    return visit.go(_address(wanted), "Filter saved.")


@router.post("/worklist/filters/{identifier}/drop")
def forget_filter(identifier: str, visit: SpecialistVisit) -> Response:
    """Forget a saved filter."""
    drop_filter(visit.desk, visit.actor, identifier)
    return visit.go("/worklist", "Filter removed.")


@router.post("/worklist/merge/{encounter_id}")
def draft_all(encounter_id: str, visit: SpecialistVisit) -> Response:
    """Draft one letter about everything that is open in an encounter."""
    line = open_line(visit.desk, visit.actor, encounter_id)
    findings = [row.id for row in line.open()]
    if not findings:
        raise InputError("nothing is open in this encounter", field="findings")
    receipt = draft_query(visit.desk, visit.actor, encounter_id, findings)
    return visit.go(f"/queries/{receipt.id}/letter")


def _show(visit: Visit, wanted: Wanted) -> Response:
    found = list_patients(visit.desk, visit.actor, visit.place.id, wanted)
    return visit.page(
        "worklist.html",
        wanted=wanted,
        found=found,
        heaps=_HEAPS,
        conditions=sorted(visit.desk.scanner.catalogue.conditions),
        address=_address,
        **_of_lines(visit, found.lines),
    )


def _of_lines(visit: Visit, lines: tuple[Line, ...] | list[Line]) -> dict[str, Any]:
    return {
        "names": name_people(visit.desk, [line.owner_id for line in lines]),
        "staff": staff_of(visit.desk, visit.place.id, SPECIALISTS),
        "OPEN": FindingState.OPEN,
    }


def _posted(visit: Visit) -> Wanted:
    view = visit.text("view") or View.OPEN.value
    if view not in {known.value for known in View}:
        raise InputError("there is no such heap", field="view")
    return Wanted(View(view), visit.text("service")[:80], visit.text("condition")[:80])


def _address(wanted: Wanted) -> str:
    """Return the address of a filter; the words of a search never stand in it."""
    given = {"view": wanted.view.value, "service": wanted.service, "condition": wanted.condition}
    return f"/worklist?{urlencode({key: value for key, value in given.items() if value})}"
