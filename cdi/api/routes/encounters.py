"""Encounters in: FHIR bundles or the native form; review; emergency access."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Query, status

from cdi.api.calls import Look, Write
from cdi.api.presence import IntakeOf
from cdi.api.schemas import ReasonIn, ReceiptOut
from cdi.interop.payload import read_payload
from cdi.workflow.identity import open_emergency
from cdi.workflow.intake import ingest_encounter
from cdi.workflow.reviews import review_encounter

router = APIRouter(prefix="/encounters", tags=["encounters"])
Id = Annotated[str, Path(max_length=64)]
_EXAMPLE = {
    "id": "E-100",
    "patient": {"id": "MRN-7", "birth_date": "1950-03-01", "sex": "female"},
    "notes": [
        {
            "id": "n1",
            "kind": "Progress note",
            "recorded_at": "2026-06-03T08:00:00Z",
            "text": "ASSESSMENT: CHF, on Lasix 40 mg IV twice a day.",
        }
    ],
}


@router.post("", status_code=status.HTTP_201_CREATED)
def add_encounter(
    payload: Annotated[dict[str, Any], Body(examples=[_EXAMPLE])],
    facility_id: Annotated[str, Query(max_length=64)],
    intake: IntakeOf,
    call: Write,
) -> ReceiptOut:
    """Take in a FHIR R4 bundle or an encounter in the native form, new or again, and review it.

    What no rule may use (unknown units, impossible values) is kept and listed as remarks. For a
    machine whose token is not for `encounter.review`, the worker reviews it.
    """
    encounter = read_payload(payload, intake)
    actor = call.actor
    receipt = ingest_encounter(call.desk, actor, facility_id, encounter, key=call.key)
    if receipt.state == "changed" and not actor.limited_from("encounter.review"):
        review_encounter(call.desk, actor, receipt.id)
    return call.give(receipt)


@router.post("/{encounter_id}/review")
def review(encounter_id: Id, call: Look) -> ReceiptOut:
    """Review an encounter as it is now."""
    return call.give(review_encounter(call.desk, call.actor, encounter_id))


@router.post("/{encounter_id}/emergency", status_code=status.HTTP_201_CREATED)
def open_in_emergency(encounter_id: Id, body: ReasonIn, call: Look) -> ReceiptOut:
    """Open a chart outside one's care teams for some hours; the reason is in the audit trail."""
    return call.give(open_emergency(call.desk, call.actor, encounter_id, body.reason))
