"""From the records of the use cases to what the API gives."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import Response

from cdi.api.schemas import (
    FactOut,
    FindingOut,
    LetterOut,
    OptionOut,
    QuestionOut,
    ReceiptOut,
    ViolationOut,
)
from cdi.domain.letter import Letter, Question, Violation
from cdi.report.record import pointer_record
from cdi.workflow.desk import Receipt
from cdi.workflow.views import FindingView


def give_receipt(receipt: Receipt, response: Response) -> ReceiptOut:
    """Return a receipt, its version also as ``ETag`` for the next change."""
    tag(response, receipt.version)
    return ReceiptOut.model_validate(receipt)


def tag(response: Response, version: int) -> None:
    """Say which version an answer is of."""
    response.headers["ETag"] = f'"{version}"'


def shape_finding(view: FindingView) -> FindingOut:
    """Return a finding with its explanation; evidence by pointer, no text of the record."""
    finding, explanation = view.finding, view.finding.explanation
    return FindingOut(
        id=view.id,
        facility_id=view.facility_id,
        encounter_id=view.encounter_id,
        state=view.state,
        version=view.version,
        raised_at=view.raised_at,
        seen_at=view.seen_at,
        condition=finding.condition,
        type=finding.type.value,
        missing=list(finding.missing),
        priority=finding.priority.value,
        evidence=[
            {**pointer_record(e.pointer), "name": e.name, "role": e.role.value}
            for e in finding.evidence
        ],
        rule=explanation.rule,
        rule_version=explanation.version,
        sentence=explanation.sentence,
        names={name.name: name.true for name in explanation.names},
    )


def shape_letter(letter: Letter, *, codes: bool) -> LetterOut:
    """Return a letter; ``codes`` only for those who are not asked."""
    return LetterOut(
        subject=letter.subject,
        questions=[_question(question, codes) for question in letter.questions],
        text=letter.text,
        html=letter.html,
    )


def _question(question: Question, codes: bool) -> QuestionOut:
    return QuestionOut(
        condition=question.condition if codes else "",
        query_type=question.query_type.value,
        form=question.form.value,
        topic=question.topic,
        stem=question.stem,
        facts=[
            FactOut(
                id=fact.id,
                text=fact.text,
                source=fact.source,
                recorded_at=fact.recorded_at,
                group=fact.group,
            )
            for fact in question.indicators
        ],
        options=[
            OptionOut(text=option.text, kind=option.kind, code=option.code if codes else None)
            for option in question.options
        ],
    )


def shape_violation(violation: Violation) -> ViolationOut:
    """Return a violation with all that its rule tells."""
    return ViolationOut.model_validate(asdict(violation))
