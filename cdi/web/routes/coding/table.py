"""The table of clarified diagnoses: evidence in sight, a code accepted, changed or returned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Response

from cdi.domain.actor import StaffRole
from cdi.domain.coding import CodeProposal, read_code
from cdi.domain.encounter import Encounter
from cdi.domain.finding import NoteSpan
from cdi.domain.query import CoderStatus, Outcome, PresentOnAdmission
from cdi.errors import InputError
from cdi.web.moments import tell_short
from cdi.web.visit import Visit, visit_of
from cdi.workflow.coding import (
    COUNTED,
    OPEN,
    CodingLine,
    count_coding,
    open_coding,
    open_coding_line,
)
from cdi.workflow.diagnoses import accept_code, return_diagnosis
from cdi.workflow.onset_proposal import has_onset, propose_onset
from cdi.workflow.worth import may_see_worth, open_diagnosis_worth

router = APIRouter()
CoderVisit = Annotated[Visit, visit_of(StaffRole.CODER)]
_GROUPS = {
    "open": OPEN,
    "returned": (CoderStatus.RETURNED,),
    "coded": (CoderStatus.CODED,),
}
# Below this a code is like the words, and a person has to choose it.
_SURE = 0.9
_OUTCOMES = {
    Outcome.SPECIFIED: "specified",
    Outcome.CONFIRMED: "confirmed",
    Outcome.RULED_OUT: "ruled out",
    Outcome.NOT_SIGNIFICANT: "not clinically significant",
    Outcome.OTHER: "in own words",
    Outcome.UNDETERMINED: "unable to determine",
}
POA = {
    PresentOnAdmission.YES: "yes",
    PresentOnAdmission.NO: "no",
    PresentOnAdmission.UNKNOWN: "documentation insufficient",
    PresentOnAdmission.UNDETERMINED: "clinically undetermined",
}


@dataclass(frozen=True, slots=True)
class FactShown:
    """A fact the question quoted."""

    text: str
    verbatim: bool
    origin: str


@router.get("/coding")
def show_table(
    visit: CoderVisit,
    show: Annotated[str, Query(max_length=20)] = "open",
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> Response:
    """Show clarified diagnoses by stay, oldest first."""
    show = show if show in _GROUPS else "open"
    place = visit.place.id
    page = open_coding(visit.desk, visit.actor, place, statuses=_GROUPS[show], cursor=cursor)
    counts = count_coding(visit.desk, visit.actor, place, *_GROUPS.values())
    return visit.page(
        "coding/table.html",
        stays=[
            {
                "stay": stay.stay,
                "id": stay.encounter_id,
                "patient": _who(stay.stay),
                "lines": [shape_line(visit, line) for line in stay.lines],
            }
            for stay in page.stays
        ],
        following=page.following,
        show=show,
        counts={
            name: f"{COUNTED}+" if count > COUNTED else str(count)
            for name, count in zip(_GROUPS, counts, strict=True)
        },
        poa=POA,
    )


@router.post("/coding/codes")
def search(visit: CoderVisit) -> Response:
    """Show codes for what is being typed; posted, for it may be of a patient."""
    index = visit.desk.codes
    found = index.search(visit.text("typed")) if index is not None else ()
    return visit.page("coding/_found.html", found=found, typed=visit.text("typed").strip())


@router.post("/coding/{diagnosis_id}/code")
def accept(diagnosis_id: str, visit: CoderVisit) -> Response:
    """Take the chosen code, or the one that was typed in its place."""
    try:
        version = visit.number("version")
        mark = visit.text("poa")
        accept_code(
            visit.desk,
            visit.actor,
            diagnosis_id,
            version,
            _chosen_code(visit),
            poa=PresentOnAdmission(mark) if mark in set(PresentOnAdmission) else None,
        )
    except InputError as error:
        return _line(visit, diagnosis_id, wrong=str(error).rpartition(": ")[2])
    return _line(visit, diagnosis_id)


@router.post("/coding/{diagnosis_id}/return")
def give_back(diagnosis_id: str, visit: CoderVisit) -> Response:
    """Give a diagnosis back to the specialist with a question."""
    try:
        version, remark = visit.number("version"), visit.text("remark")
        return_diagnosis(visit.desk, visit.actor, diagnosis_id, version, remark)
    except InputError as error:
        return _line(visit, diagnosis_id, wrong=str(error).rpartition(": ")[2])
    return _line(visit, diagnosis_id)


@router.get("/coding/{diagnosis_id}/onset")
def show_onset(diagnosis_id: str, visit: CoderVisit) -> Response:
    """Show what timing suggests of presence on admission; it chooses nothing."""
    proposal = propose_onset(visit.desk, visit.actor, diagnosis_id)
    template = "coding/_onset.html" if visit.is_partial else "coding/onset.html"
    return visit.page(template, proposal=proposal)


@router.get("/coding/{diagnosis_id}/impact")
def show_impact(diagnosis_id: str, visit: CoderVisit) -> Response:
    """Show what a clarified diagnosis is worth, where that is switched on."""
    worth = open_diagnosis_worth(visit.desk, visit.actor, diagnosis_id)
    template = "coding/_impact.html" if visit.is_partial else "coding/impact.html"
    return visit.page(template, worth=worth)


@router.get("/coding/{diagnosis_id}")
def show_line(diagnosis_id: str, visit: CoderVisit) -> Response:
    """Show one clarified diagnosis."""
    return _line(visit, diagnosis_id)


def shape_line(visit: Visit, line: CodingLine, *, wrong: str = "") -> dict[str, object]:
    """Return what the template shows of one clarified diagnosis."""
    row, question = line.row, line.question
    proposals = [CodeProposal(**proposal) for proposal in row.proposals]
    if row.code and row.code not in {proposal.code for proposal in proposals}:
        title = visit.desk.codes.title(row.code) if visit.desk.codes else ""
        proposals.insert(0, CodeProposal(row.code, title, 1.0, "coder"))
    return {
        "row": row,
        "wording": row.wording,
        "outcome": _OUTCOMES[row.outcome],
        "proposals": proposals,
        "chosen": row.code or next((one.code for one in proposals if one.score >= _SURE), ""),
        "stem": question.stem,
        "facts": [
            FactShown(
                fact.text,
                isinstance(fact.pointer, NoteSpan),
                " · ".join(filter(None, (fact.source, tell_short(fact.recorded_at, visit.zone)))),
            )
            for fact in question.indicators
        ],
        "answered_by": line.answered_by,
        "answered_at": line.response.answered_at,
        "asked_by": line.asked_by,
        "addendum": line.response.addendum,
        "letter": line.letter.text,
        "query": line.query,
        "has_onset": has_onset(row.condition),
        "has_impact": may_see_worth(visit.desk, visit.actor),
        "wrong": wrong,
    }


def _line(visit: Visit, diagnosis_id: str, *, wrong: str = "") -> Response:
    """Return one line: in place for a script, as a page of its own without."""
    line = open_coding_line(visit.desk, visit.actor, diagnosis_id)
    template = "coding/_line.html" if visit.is_partial else "coding/line.html"
    status = 422 if wrong and not visit.is_partial else 200
    shown = shape_line(visit, line, wrong=wrong)
    return visit.page(template, status=status, line=shown, poa=POA)


def _chosen_code(visit: Visit) -> str:
    """Return the typed code if there is one, else the chosen one.

    Raises:
        InputError: neither has the form of a code.
    """
    code = read_code(visit.text("typed_code") or visit.text("code"))
    if code is None:
        raise InputError("choose a code, or type one such as I50.23", field="code")
    return code


def _who(stay: Encounter) -> str:
    patient = stay.patient
    return (patient.name or f"MRN {patient.id}") if patient else ""
