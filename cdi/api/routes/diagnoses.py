"""The coder's worklist: clarified diagnoses with proposed codes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from cdi.api.presence import DeskOf, Key, Present, Seen
from cdi.api.schemas import CodeIn, DiagnosisOut, PageOut, ReasonIn, ReceiptOut
from cdi.api.shapes import give_receipt, tag
from cdi.domain.query import CoderStatus
from cdi.workflow.diagnoses import accept_diagnosis, code_diagnosis, return_diagnosis
from cdi.workflow.worklists import open_diagnoses, open_diagnosis

router = APIRouter(prefix="/diagnoses", tags=["diagnoses"])
Id = Annotated[str, Path(max_length=64)]


@router.get("")
def list_open(
    desk: DeskOf,
    presence: Present,
    status: Annotated[list[CoderStatus] | None, Query(max_length=10)] = None,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> PageOut[DiagnosisOut]:
    """Return clarified diagnoses, oldest first; by default those still to be worked on."""
    page = open_diagnoses(
        desk,
        presence.actor,
        statuses=status or [CoderStatus.NEW, CoderStatus.ACCEPTED],
        cursor=cursor,
        limit=limit,
    )
    items = [DiagnosisOut.model_validate(row) for row in page.rows]
    return PageOut(items=items, following=page.following)


@router.get("/{diagnosis_id}")
def show(diagnosis_id: Id, desk: DeskOf, presence: Present, response: Response) -> DiagnosisOut:
    """Return one clarified diagnosis."""
    row = open_diagnosis(desk, presence.actor, diagnosis_id)
    tag(response, row.version)
    return DiagnosisOut.model_validate(row)


@router.post("/{diagnosis_id}/accept")
def accept(
    diagnosis_id: Id,
    seen: Seen,
    desk: DeskOf,
    presence: Present,
    response: Response,
    key: Key = "",
) -> ReceiptOut:
    """Take a clarified diagnosis into work."""
    receipt = accept_diagnosis(desk, presence.actor, diagnosis_id, seen, key=key)
    return give_receipt(receipt, response)


@router.post("/{diagnosis_id}/code")
def code(
    diagnosis_id: Id,
    body: CodeIn,
    seen: Seen,
    desk: DeskOf,
    presence: Present,
    response: Response,
    key: Key = "",
) -> ReceiptOut:
    """Note the code that was given."""
    receipt = code_diagnosis(
        desk, presence.actor, diagnosis_id, seen, body.code, poa=body.poa, key=key
    )
    return give_receipt(receipt, response)


@router.post("/{diagnosis_id}/return")
def give_back(
    diagnosis_id: Id,
    body: ReasonIn,
    seen: Seen,
    desk: DeskOf,
    presence: Present,
    response: Response,
    key: Key = "",
) -> ReceiptOut:
    """Give it back to the specialist with a question."""
    receipt = return_diagnosis(desk, presence.actor, diagnosis_id, seen, body.reason, key=key)
    return give_receipt(receipt, response)
