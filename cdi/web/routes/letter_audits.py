"""The compliance audit: a sample of sent letters, judged rule by rule by a person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from cdi.compliance.worksheet import Row, write_csv
from cdi.domain.actor import StaffRole
from cdi.domain.letter import AuditOutcome
from cdi.errors import InputError, NotFound
from cdi.web.menu import Entry
from cdi.web.months import read_month
from cdi.web.visit import Visit, visit_of
from cdi.workflow.charts import open_query
from cdi.workflow.directory import name_people
from cdi.workflow.letter_audit import (
    Audit,
    draw_audit,
    list_audits,
    open_audit,
    record_verdicts,
)

router = APIRouter()
_ROLES = frozenset({StaffRole.MANAGER, StaffRole.AUDITOR})
MENU = (Entry("Letter audits", "/letter-audits", _ROLES, place=40),)
AuditVisit = Annotated[Visit, visit_of(*_ROLES)]
Id = Annotated[str, Path(max_length=64)]
_MOST_LETTERS = 200


@router.get("/letter-audits")
def show_list(visit: AuditVisit) -> Response:
    """List the audits of the facility; a form draws another."""
    audits = list_audits(visit.desk, visit.actor, visit.place.id)
    first, _ = read_month(visit, "")
    return visit.page(
        "letter_audits.html",
        audits=audits,
        names=name_people(visit.desk, {audit.drawn_by for audit in audits}),
        letters={audit.id: len(_letters(audit)) for audit in audits},
        month=(first - timedelta(days=1)).replace(day=1),
    )


@router.post("/letter-audits")
def draw(visit: AuditVisit) -> Response:
    """Draw a sample of the letters of a month."""
    _, period = read_month(visit, visit.text("month"))
    size = visit.number("size")
    if not 1 <= size <= _MOST_LETTERS:
        raise InputError(f"between 1 and {_MOST_LETTERS} letters", field="size")
    seed = int(datetime.timestamp(visit.desk.now()))
    receipt = draw_audit(
        visit.desk,
        visit.actor,
        visit.place.id,
        period.since,
        period.until,
        size=size,
        seed=seed,
    )
    return visit.go(f"/letter-audits/{receipt.id}", "The sample is drawn.")


@router.get("/letter-audits/{audit_id}")
def show(
    audit_id: Id, visit: AuditVisit, letter: Annotated[int, Query(ge=1, le=10_000)] = 1
) -> Response:
    """Show one letter of an audit with a line for each rule."""
    audit = open_audit(visit.desk, visit.actor, audit_id)
    letters = _letters(audit)
    if letter > len(letters):
        raise NotFound("there is no such letter")
    chosen = letters[letter - 1]
    done = {
        number
        for number, query in enumerate(letters, 1)
        if all(row.verdict is not None for row in audit.rows if row.letter == query)
    }
    return visit.page(
        "letter_audit.html",
        audit=audit,
        letters=letters,
        done=done,
        number=letter,
        file=open_query(visit.desk, visit.actor, chosen),
        rows=[row for row in audit.rows if row.letter == chosen],
        outcomes=list(AuditOutcome),
    )


@router.post("/letter-audits/{audit_id}")
def judge(audit_id: Id, visit: AuditVisit) -> Response:
    """Record the verdicts on one letter; what was left open stays open."""
    query, number = visit.text("letter"), visit.number("number")
    sheet = []
    for rule in visit.texts("rule"):
        said = visit.text(f"verdict-{rule}")
        if said and said not in set(AuditOutcome):
            raise InputError("expected met, opportunity or n/a", field=f"verdict-{rule}")
        if said:
            comment = visit.text(f"comment-{rule}")[:400]
            sheet.append(Row(query, rule, AuditOutcome.MET, "", AuditOutcome(said), comment))
    record_verdicts(visit.desk, visit.actor, audit_id, sheet)
    following = visit.number("following")
    return visit.go(
        f"/letter-audits/{audit_id}?letter={following or number}", f"{len(sheet)} verdicts kept."
    )


@router.get("/letter-audits/{audit_id}/worksheet.csv")
def export(audit_id: Id, visit: AuditVisit) -> Response:
    """Give the worksheet with its verdicts as comma-separated values."""
    audit = open_audit(visit.desk, visit.actor, audit_id)
    headers = {"Content-Disposition": f'attachment; filename="letter-audit-{audit.id}.csv"'}
    text = write_csv(audit.rows)
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


def _letters(audit: Audit) -> list[str]:
    """Return the queries of an audit in the order in which they were drawn."""
    return list(dict.fromkeys(row.letter for row in audit.rows))
