"""Findings into the tables and back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from cdi.domain.finding import Finding
from cdi.domain.query import FindingChange
from cdi.storage.chain import canonical
from cdi.storage.charts import content_hash
from cdi.storage.json_record import from_value, to_value
from cdi.storage.membership import among
from cdi.storage.tables import FindingHistoryRow, FindingRow, QuestionRow


def finding_rows(session: Session, encounter_id: str, *, lock: bool = False) -> list[FindingRow]:
    """Return all findings of an encounter, whatever became of them, most important first."""
    statement = select(FindingRow).where(FindingRow.encounter_id == encounter_id)
    statement = statement.order_by(FindingRow.rank.desc(), FindingRow.id)
    return list(session.scalars(statement.with_for_update() if lock else statement))


def finding_heads(session: Session, encounter_ids: Collection[str]) -> list[FindingRow]:
    """Return the findings of encounters without their content, most important first."""
    statement = (
        select(FindingRow)
        .where(among(FindingRow.encounter_id, encounter_ids))
        .order_by(FindingRow.rank.desc(), FindingRow.id)
        .options(
            defer(FindingRow.content, raiseload=True), defer(FindingRow.weight, raiseload=True)
        )
    )
    return list(session.scalars(statement))


def read_findings(session: Session, identifiers: Collection[str]) -> dict[str, Finding]:
    """Return these findings by id."""
    statement = select(FindingRow.id, FindingRow.content).where(among(FindingRow.id, identifiers))
    return {row.id: from_value(Finding, row.content) for row in session.execute(statement)}


def find_finding(session: Session, identifier: str, *, lock: bool = False) -> FindingRow | None:
    """Return a finding."""
    statement = select(FindingRow).where(FindingRow.id == identifier)
    return session.scalars(statement.with_for_update() if lock else statement).one_or_none()


def findings_by_id(session: Session, identifiers: Collection[str]) -> list[FindingRow]:
    """Return these findings, locked, in the order given; those that do not exist are left out."""
    statement = select(FindingRow).where(FindingRow.id.in_(identifiers)).order_by(FindingRow.id)
    found = {row.id: row for row in session.scalars(statement.with_for_update())}
    return [found[identifier] for identifier in identifiers if identifier in found]


def finding_history(session: Session, finding_id: str) -> list[FindingHistoryRow]:
    """Return the history of a finding, oldest first."""
    statement = select(FindingHistoryRow).where(FindingHistoryRow.finding_id == finding_id)
    return list(session.scalars(statement.order_by(FindingHistoryRow.id)))


def to_finding(row: FindingRow) -> Finding:
    """Return the finding of a row."""
    return from_value(Finding, row.content)


def finding_content(finding: Finding) -> tuple[dict[str, Any], str]:
    """Return a finding as JSON values with their hash: equal if nothing about it changed."""
    content: dict[str, Any] = to_value(finding)
    return content, content_hash(canonical(content))


def add_history(
    session: Session,
    row: FindingRow,
    change: FindingChange,
    actor_id: str,
    at: datetime,
) -> None:
    """Write one step of a finding's history, with the finding as it is from then on."""
    step = FindingHistoryRow(
        finding_id=row.id,
        at=at,
        change=change,
        actor_id=actor_id,
        rule_version=row.rule_version,
        reason=row.reason,
        content=row.content,
    )
    if row.remark:
        step.remark = row.remark
    session.add(step)


def is_asked(session: Session, finding_id: str) -> bool:
    """Tell whether a question about a finding stands: asked or answered, and not withdrawn."""
    statement = select(QuestionRow.id).where(
        QuestionRow.finding_id == finding_id, QuestionRow.asked_once.is_not(None)
    )
    return session.scalars(statement).first() is not None
