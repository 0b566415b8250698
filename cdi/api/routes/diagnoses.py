"""The coder's worklist: clarified diagnoses with proposed codes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from cdi.api.calls import Change, Look
from cdi.api.schemas import CodeIn, DiagnosisOut, PageOut, ReasonIn, ReceiptOut
from cdi.domain.query import CoderStatus
from cdi.workflow.diagnoses import accept_diagnosis, code_diagnosis, return_diagnosis
from cdi.workflow.worklists import open_diagnoses, open_diagnosis

router = APIRouter(prefix="/diagnoses", tags=["diagnoses"])
Id = Annotated[str, Path(max_length=64)]


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


@router.get("/{diagnosis_id}")
def show(diagnosis_id: Id, call: Look) -> DiagnosisOut:
    """Return one clarified diagnosis."""
    row = open_diagnosis(call.desk, call.actor, diagnosis_id)
    call.tag(row.version)
    return DiagnosisOut.model_validate(row)


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
