"""Final codes in, and the stays in which they differ from what was clarified."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response
from starlette.datastructures import UploadFile

from cdi.domain.actor import StaffRole
from cdi.domain.coding import Comparison, Difference
from cdi.errors import InputError
from cdi.interop.final_codes import LARGEST, read_final_codes
from cdi.web.visit import Visit, visit_of
from cdi.workflow.final_coding import (
    ImportReport,
    Reconciliation,
    import_final_codes,
    open_reconciliations,
)

router = APIRouter()
CoderVisit = Annotated[Visit, visit_of(StaffRole.CODER)]
StaffVisit = Annotated[Visit, visit_of(StaffRole.CODER, StaffRole.MANAGER)]
DIFFERENCES = {
    Difference.NOT_CODED: "clarified, not coded",
    Difference.NOT_CLARIFIED: "coded, not clarified",
    Difference.CODE_DIFFERS: "code differs",
    Difference.POA_DIFFERS: "POA differs",
    Difference.NONE: "",
}
_MOST_PROBLEMS = 50


@router.get("/reconciliation")
def show_stays(visit: StaffVisit) -> Response:
    """Show stays with final codes, most differences first."""
    return _show(visit)


@router.post("/reconciliation")
def take_in(visit: CoderVisit) -> Response:
    """Take in a file of final codes and tell what was left out of it, row by row."""
    given = visit.form.get("file")
    if not isinstance(given, UploadFile) or not given.filename:
        return _show(visit, wrong="Choose a file first.")
    with given.file as file:
        content = file.read(LARGEST + 1)
    problems: list[InputError] = []
    try:
        codings = read_final_codes(content, problems.append)
    except InputError as error:
        return _show(visit, wrong=f"Nothing was taken in. {error}.")
    report = import_final_codes(visit.desk, visit.actor, visit.place.id, codings)
    left_out = [_problem(error) for error in problems]
    left_out += [(place, "encounter", "not known at this facility") for place in report.unknown]
    return _show(visit, report=report, left_out=left_out)


def _show(
    visit: Visit,
    *,
    wrong: str = "",
    report: ImportReport | None = None,
    left_out: list[tuple[str, str, str]] | None = None,
) -> Response:
    stays = open_reconciliations(visit.desk, visit.actor, visit.place.id)
    problems = left_out or []
    return visit.page(
        "coding/reconciliation.html",
        status=422 if wrong else 200,
        stays=[_shape(visit, stay) for stay in stays],
        wrong=wrong,
        report=report,
        left_out=problems[:_MOST_PROBLEMS],
        more=max(0, len(problems) - _MOST_PROBLEMS),
        may_import=StaffRole.CODER in visit.roles,
    )


def _problem(error: InputError) -> tuple[str, str, str]:
    """Return where a fault is, in which field, and what it is."""
    place = f"row {error.line}" if error.line is not None else ""
    return place, error.field or "", str(error).rpartition(": ")[2]


def _shape(visit: Visit, found: Reconciliation) -> dict[str, object]:
    patient = found.stay.patient
    return {
        "id": found.encounter_id,
        "number": found.stay.id,
        "patient": (patient.name or f"MRN {patient.id}") if patient else "",
        "discharged": found.stay.discharged_at,
        "differences": found.differences,
        "lines": [_line(visit, line) for line in found.lines],
    }


def _line(visit: Visit, line: Comparison) -> dict[str, object]:
    clarified, final = line.clarified, line.final
    title = visit.desk.codes.title if visit.desk.codes else str.strip
    outcome = clarified.outcome.value.replace("_", " ") if clarified and clarified.outcome else ""
    return {
        "difference": DIFFERENCES[line.difference],
        "clarified": clarified,
        "outcome": outcome or ("not answered" if clarified else ""),
        "final": final,
        "title": title(final.code) if final else "",
    }
