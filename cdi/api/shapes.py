"""From the records of the use cases to what the API gives."""

from __future__ import annotations

import json
from dataclasses import asdict

from cdi.api.schemas import (
    DiagnosisOut,
    EventOut,
    FactOut,
    FindingOut,
    LetterOut,
    OptionOut,
    QueryDetailOut,
    QueryOut,
    QuestionOut,
    ViolationOut,
)
from cdi.domain.letter import Letter, Question, Violation
from cdi.domain.query import allowed_verbs
from cdi.report.record import pointer_record
from cdi.storage.findings import to_finding
from cdi.storage.tables import EventRow, FindingRow, QueryRow
from cdi.workflow.charts import QueryFile


def shape_finding(row: FindingRow) -> FindingOut:
    """Return a finding with its explanation; evidence by pointer, no text of the record.

    What it may be worth stays in the store.
    """
    finding = to_finding(row)
    explanation = finding.explanation
    return FindingOut(
        id=row.id,
        facility_id=row.facility_id,
        encounter_id=row.encounter_id,
        state=row.state,
        reason=row.reason,
        remark=row.remark,
        version=row.version,
        raised_at=row.raised_at,
        seen_at=row.seen_at,
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


def shape_query(row: QueryRow) -> QueryOut:
    """Return a query as lists show it, with what can be done to it now."""
    conditions = dict.fromkeys(question.condition for question in row.questions)
    return QueryOut(
        id=row.id,
        facility_id=row.facility_id,
        encounter_id=row.encounter_id,
        state=row.state,
        version=row.version,
        channel=row.channel.value,
        priority=row.priority.value,
        recipient_id=row.recipient_id,
        owner_id=row.owner_id,
        conditions=list(conditions),
        verbs=[verb.value for verb in allowed_verbs(row.state)],
        created_at=row.created_at,
        sent_at=row.sent_at,
        due_at=row.due_at,
        answered_at=row.answered_at,
        end_reason=row.end_reason,
    )


def shape_file(file: QueryFile, *, asked_only: bool) -> QueryDetailOut:
    """Return a query with all that belongs to it; who is only asked gets no codes or history."""
    shown = QueryDetailOut(
        query=shape_query(file.query),
        letter=shape_letter(file.letter, codes=not asked_only),
        pack_version=file.version.pack_version,
        violations=[],
        addendum=file.response.addendum if file.response else "",
        answered_by=file.response.answered_by if file.response else "",
        diagnoses=[],
        history=[],
    )
    if not asked_only:
        shown.violations = [ViolationOut.model_validate(found) for found in file.version.violations]
        shown.override_reason = file.version.override_reason
        shown.override_remark = file.version.override_remark
        shown.end_remark = file.query.end_remark
        shown.diagnoses = [DiagnosisOut.model_validate(row) for row in file.diagnoses]
        shown.history = [shape_event(row) for row in file.events]
    return shown


def shape_event(row: EventRow) -> EventOut:
    """Return one line of the audit trail."""
    return EventOut(
        number=row.number,
        at=row.at,
        actor_id=row.actor_id,
        verb=row.verb,
        subject=row.subject,
        subject_id=row.subject_id,
        facility_id=row.facility_id,
        encounter_id=row.encounter_id,
        detail=json.loads(row.detail),
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
