"""Final codes in, and how they stand to what was clarified."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel

from cdi.api.calls import Look
from cdi.api.problems import FieldProblem
from cdi.domain.coding import Comparison
from cdi.domain.query import PresentOnAdmission
from cdi.errors import InputError
from cdi.interop.final_codes import read_final_codes
from cdi.workflow.final_coding import import_final_codes, open_reconciliation

router = APIRouter(tags=["coding"])
_BUNDLE = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {
            "resource": {
                "resourceType": "Condition",
                "subject": {"reference": "Patient/1"},
                "encounter": {"reference": "Encounter/E-100"},
                "category": [{"coding": [{"code": "encounter-diagnosis"}]}],
                "code": {
                    "coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "I50.31"}]
                },
            }
        }
    ],
}
_CONTENT: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {"example": "encounter,code,poa\nE-100,I50.31,Y\n"},
            "application/fhir+json": {"schema": {"type": "object"}, "example": _BUNDLE},
        },
    }
}


class ImportOut(BaseModel):
    """What was taken in; ``left_out`` names each row and field at fault."""

    stays: int
    changed: int
    codes: int
    left_out: list[FieldProblem]


class ComparisonOut(BaseModel):
    """One line of a reconciliation."""

    difference: str
    condition: str
    outcome: str | None
    clarified_code: str
    clarified_poa: PresentOnAdmission | None
    final_code: str
    final_poa: PresentOnAdmission | None
    diagnosis_id: str


class ReconciliationOut(BaseModel):
    """A stay: ``coded`` is false while it has no final codes; differences stand first."""

    encounter_id: str
    coded: bool
    differences: int
    lines: list[ComparisonOut]


async def _content(request: Request) -> bytes:
    return await request.body()


@router.post("/final-codes", openapi_extra=_CONTENT)
def take_in(
    content: Annotated[bytes, Depends(_content)],
    facility_id: Annotated[str, Query(max_length=64)],
    call: Look,
) -> ImportOut:
    """Take in final codes: CSV (encounter, code, poa), or a FHIR R4 Bundle of Claim or Condition.

    A stay with a row at fault is left out whole and named; the others are taken. Sending the same
    again changes nothing.
    """
    problems: list[InputError] = []
    codings = read_final_codes(content, problems.append)
    report = import_final_codes(call.desk, call.actor, facility_id, codings)
    left_out = [FieldProblem(field=error.field or "", message=str(error)) for error in problems]
    left_out += [
        FieldProblem(field="encounter", message=f"{place}: there is no such encounter here")
        for place in report.unknown
    ]
    return ImportOut(
        stays=report.stays, changed=report.changed, codes=report.codes, left_out=left_out
    )


@router.get("/encounters/{encounter_id}/reconciliation")
def show(encounter_id: Annotated[str, Path(max_length=64)], call: Look) -> ReconciliationOut:
    """Compare what was clarified in a stay with its final codes."""
    found = open_reconciliation(call.desk, call.actor, encounter_id)
    return ReconciliationOut(
        encounter_id=found.encounter_id,
        coded=found.coded,
        differences=found.differences,
        lines=[_shape(line) for line in found.lines],
    )


def _shape(line: Comparison) -> ComparisonOut:
    clarified, final = line.clarified, line.final
    outcome = clarified.outcome if clarified else None
    return ComparisonOut(
        difference=line.difference.value,
        condition=clarified.condition if clarified else "",
        outcome=outcome.value if outcome else None,
        clarified_code=clarified.code if clarified else "",
        clarified_poa=clarified.poa if clarified else None,
        final_code=final.code if final else "",
        final_poa=final.poa if final else None,
        diagnosis_id=clarified.id if clarified else "",
    )
