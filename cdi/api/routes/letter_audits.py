"""The compliance audit of sent letters (practice rule Q41): drawn, read, judged."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, status
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from cdi.api.calls import Look, Write
from cdi.api.schemas import Body, ReceiptOut, example
from cdi.compliance.worksheet import Agreement, Row
from cdi.domain.letter import AuditOutcome
from cdi.workflow.letter_audit import Audit, draw_audit, list_audits, open_audit, record_verdicts

router = APIRouter(prefix="/letter-audits", tags=["letter audits"])
AuditId = Annotated[str, Path(max_length=64)]
_Id = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class AgreementOut(BaseModel):
    """How often auditor and linter say the same; ``kappa`` is agreement beyond chance."""

    judged: int
    agreed: int
    missed: int
    wrong: int
    kappa: float | None


class JudgementOut(BaseModel):
    """A rule over a letter: what the linter said as it was sent, and the verdict of a person."""

    query_id: str
    rule: str
    outcome: AuditOutcome
    places: str
    verdict: AuditOutcome | None
    comment: str


class AuditOut(BaseModel):
    """An audit with the agreement so far; the letters were sent from ``since`` to ``until``."""

    id: str
    facility_id: str
    drawn_at: datetime
    drawn_by: str
    since: datetime
    until: datetime
    sent: int
    letters: int
    overall: AgreementOut


class AuditSheetOut(AuditOut):
    """An audit with every row of its worksheet."""

    judgements: list[JudgementOut]
    by_rule: dict[str, AgreementOut]


class DrawIn(Body):
    """Which letters to draw from, and how many; the same seed draws the same."""

    model_config = example(
        {
            "facility_id": "0198f0c2a4d1",
            "since": "2026-06-01T00:00:00Z",
            "until": "2026-07-01T00:00:00Z",
            "size": 20,
        }
    )

    facility_id: _Id
    since: AwareDatetime
    until: AwareDatetime
    size: Annotated[int, Field(ge=1, le=200)] = 20
    seed: Annotated[int, Field(ge=0, le=2**31)] = 1


class VerdictIn(Body):
    """What an auditor says of a rule over a letter."""

    query_id: _Id
    rule: Annotated[str, StringConstraints(min_length=1, max_length=20)]
    verdict: AuditOutcome
    comment: Annotated[str, StringConstraints(max_length=400)] = ""


class VerdictsIn(Body):
    """Verdicts on rows of an audit; the others stay as they are."""

    model_config = example(
        {"verdicts": [{"query_id": "0198f0c2a4d1", "rule": "Q09", "verdict": "met"}]}
    )

    verdicts: Annotated[list[VerdictIn], Field(min_length=1, max_length=2_000)]


@router.get("")
def list_all(facility_id: Annotated[str, Query(max_length=64)], call: Look) -> list[AuditOut]:
    """Return the audits of a facility, newest first."""
    return [_shape(audit) for audit in list_audits(call.desk, call.actor, facility_id)]


@router.post("", status_code=status.HTTP_201_CREATED)
def draw(body: DrawIn, call: Write) -> ReceiptOut:
    """Draw a random sample of the letters sent in a time."""
    receipt = draw_audit(
        call.desk,
        call.actor,
        body.facility_id,
        body.since,
        body.until,
        size=body.size,
        seed=body.seed,
        key=call.key,
    )
    return call.give(receipt)


@router.get("/{audit_id}")
def read(audit_id: AuditId, call: Look) -> AuditSheetOut:
    """Return an audit with its worksheet."""
    audit = open_audit(call.desk, call.actor, audit_id)
    rows = [
        JudgementOut(
            query_id=row.letter,
            rule=row.rule,
            outcome=row.outcome,
            places=row.finding,
            verdict=row.verdict,
            comment=row.comment,
        )
        for row in audit.rows
    ]
    by_rule = {rule: _agreement(found) for rule, found in audit.by_rule.items()}
    return AuditSheetOut(**_shape(audit).model_dump(), judgements=rows, by_rule=by_rule)


@router.post("/{audit_id}/verdicts")
def judge(audit_id: AuditId, body: VerdictsIn, call: Write) -> ReceiptOut:
    """Record verdicts on rows of the worksheet."""
    sheet = [
        Row(given.query_id, given.rule, AuditOutcome.MET, "", given.verdict, given.comment)
        for given in body.verdicts
    ]
    return call.give(record_verdicts(call.desk, call.actor, audit_id, sheet, key=call.key))


def _shape(audit: Audit) -> AuditOut:
    return AuditOut(
        id=audit.id,
        facility_id=audit.facility_id,
        drawn_at=audit.drawn_at,
        drawn_by=audit.drawn_by,
        since=audit.since,
        until=audit.until,
        sent=audit.sent,
        letters=len({row.letter for row in audit.rows}),
        overall=_agreement(audit.overall),
    )


def _agreement(found: Agreement) -> AgreementOut:
    return AgreementOut(**found._asdict())
