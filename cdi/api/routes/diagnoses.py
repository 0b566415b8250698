"""The coder's worklist: clarified diagnoses with proposed codes."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from cdi.api.calls import Change, Look
from cdi.api.export import to_csv
from cdi.api.paging import in_utc, with_next
from cdi.api.routes.fhir import MEDIA_TYPE, FhirResponse, fhir_base
from cdi.api.schemas import CodeIn, DiagnosisOut, ImpactOut, PageOut, ReasonIn, ReceiptOut
from cdi.domain.query import CoderStatus
from cdi.interop.fhir.outgoing import collection, condition
from cdi.workflow.diagnoses import accept_diagnosis, code_diagnosis, return_diagnosis
from cdi.workflow.exporting import export_diagnoses
from cdi.workflow.worklists import open_diagnoses, open_diagnosis
from cdi.workflow.worth import open_diagnosis_worth

router = APIRouter(prefix="/diagnoses", tags=["diagnoses"])
Id = Annotated[str, Path(max_length=64)]


class ExportForm(StrEnum):
    """How clarified diagnoses are written."""

    CSV = "csv"
    FHIR = "fhir"


@router.get("")
def list_open(
    call: Look,
    status: Annotated[list[CoderStatus] | None, Query(max_length=10)] = None,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> PageOut[DiagnosisOut]:
    """Return clarified diagnoses, oldest first; by default those still to be worked on."""
    page = open_diagnoses(
        call.desk,
        call.actor,
        statuses=status or [CoderStatus.NEW, CoderStatus.ACCEPTED],
        cursor=cursor,
        limit=limit,
    )
    items = [DiagnosisOut.model_validate(row) for row in page.rows]
    return PageOut(items=items, following=page.following)


@router.get(
    "/export",
    response_class=Response,
    responses={
        200: {
            "description": "A table, or a FHIR bundle of Conditions; `Link` names the next page",
            "content": {"text/csv": {"schema": {"type": "string"}}, MEDIA_TYPE: {}},
        }
    },
)
def export(
    request: Request,
    call: Look,
    form: Annotated[ExportForm, Query(alias="format")] = ExportForm.CSV,
    status: Annotated[list[CoderStatus] | None, Query(max_length=10)] = None,
    since: datetime | None = None,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
    limit: Annotated[int, Query(ge=1, le=5000)] = 500,
) -> Response:
    """Return clarified diagnoses for a coding system, oldest first; by default the coded ones."""
    found = export_diagnoses(
        call.desk,
        call.actor,
        statuses=status or [CoderStatus.CODED],
        since=in_utc(since) if since else None,
        cursor=cursor,
        limit=limit,
    )
    if form is ExportForm.CSV:
        response = Response(to_csv(found.diagnoses), media_type="text/csv")
    else:
        made = [condition(diagnosis) for diagnosis in found.diagnoses]
        response = FhirResponse(collection(made, fhir_base(call.desk)))
    return with_next(request, response, found.following, "cursor")


@router.get("/{diagnosis_id}")
def show(diagnosis_id: Id, call: Look) -> DiagnosisOut:
    """Return one clarified diagnosis."""
    row = open_diagnosis(call.desk, call.actor, diagnosis_id)
    call.tag(row.version)
    return DiagnosisOut.model_validate(row)


@router.get("/{diagnosis_id}/impact")
def show_impact(diagnosis_id: Id, call: Look) -> ImpactOut:
    """Return what a clarified diagnosis is worth; not found where impact is switched off."""
    return ImpactOut.model_validate(open_diagnosis_worth(call.desk, call.actor, diagnosis_id))


@router.post("/{diagnosis_id}/accept")
def accept(diagnosis_id: Id, call: Change) -> ReceiptOut:
    """Take a clarified diagnosis into work."""
    receipt = accept_diagnosis(call.desk, call.actor, diagnosis_id, call.seen, key=call.key)
    return call.give(receipt)


@router.post("/{diagnosis_id}/code")
def code(diagnosis_id: Id, body: CodeIn, call: Change) -> ReceiptOut:
    """Note the code that was given."""
    receipt = code_diagnosis(
        call.desk, call.actor, diagnosis_id, call.seen, body.code, poa=body.poa, key=call.key
    )
    return call.give(receipt)


@router.post("/{diagnosis_id}/return")
def give_back(diagnosis_id: Id, body: ReasonIn, call: Change) -> ReceiptOut:
    """Give it back to the specialist with a question."""
    receipt = return_diagnosis(
        call.desk, call.actor, diagnosis_id, call.seen, body.reason, key=call.key
    )
    return call.give(receipt)
