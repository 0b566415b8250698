"""Charts outside one's care team: opened for some hours, with a reason that stays in the trail."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from cdi.domain.actor import StaffRole
from cdi.web.menu import Entry
from cdi.web.visit import Visit, visit_of
from cdi.workflow.charts import open_chart
from cdi.workflow.directory import find_stay
from cdi.workflow.identity import EMERGENCY, open_emergency

router = APIRouter()
MENU = (Entry("Emergency access", "/emergency", frozenset({StaffRole.PHYSICIAN}), place=90),)
PhysicianVisit = Annotated[Visit, visit_of(StaffRole.PHYSICIAN)]
ReaderVisit = Annotated[
    Visit,
    visit_of(StaffRole.PHYSICIAN, StaffRole.CODER, StaffRole.SPECIALIST, StaffRole.MANAGER),
]


@router.get("/emergency")
def show_form(visit: PhysicianVisit) -> Response:
    """Ask which chart and why."""
    return visit.page("emergency.html", hours=int(EMERGENCY.total_seconds() // 3600))


@router.post("/emergency")
def open_in_emergency(visit: PhysicianVisit) -> Response:
    """Open the chart; the number is posted, so that it stands in no address."""
    encounter_id = find_stay(visit.desk, visit.actor, visit.place.id, visit.text("number"))
    open_emergency(visit.desk, visit.actor, encounter_id, visit.text("reason"))
    return visit.go(f"/charts/{encounter_id}", "Opened; your reason is in the audit trail.")


@router.get("/charts/{encounter_id}")
def show_record(encounter_id: Annotated[str, Path(max_length=64)], visit: ReaderVisit) -> Response:
    """Show the record as it was received, with nothing said about it."""
    chart = open_chart(visit.desk, visit.actor, encounter_id)
    notes = sorted(
        chart.encounter.notes,
        key=lambda note: note.recorded_at.timestamp() if note.recorded_at else 0.0,
        reverse=True,
    )
    return visit.page("record.html", chart=chart, notes=notes)
