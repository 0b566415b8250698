"""Rules at a facility: which are muted, and what became of their findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from cdi.domain.query import FindingChange, FindingState
from cdi.domain.reasons import DismissalReason
from cdi.storage.counting import Day
from cdi.storage.day_counts import counts
from cdi.storage.tables import DayCountRow, FindingHistoryRow, FindingRow, RuleMuteRow, new_id

Rule = tuple[str, str]
"""Condition and name of a finding: one rule."""


@dataclass(frozen=True, slots=True)
class Fate:
    """How many findings of a rule stand in a state, for what reason, and whether asked about."""

    rule: Rule
    state: FindingState
    reason: DismissalReason | None
    asked: bool
    findings: int


def muted_rules(session: Session, facility_id: str) -> dict[Rule, RuleMuteRow]:
    """Return the mutes of a facility that stand."""
    statement = select(RuleMuteRow).where(
        RuleMuteRow.facility_id == facility_id, RuleMuteRow.ended_at.is_(None)
    )
    return {(row.condition, row.name): row for row in session.scalars(statement)}


def was_raised(session: Session, facility_id: str, rule: Rule) -> bool:
    """Tell whether a rule ever raised a finding at a facility."""
    statement = select(FindingRow.id).where(
        FindingRow.facility_id == facility_id,
        FindingRow.condition == rule[0],
        FindingRow.name == rule[1],
    )
    return session.scalars(statement.limit(1)).first() is not None


def fates_of_rules(
    session: Session, days: Sequence[Day], now: datetime
) -> tuple[list[Fate], Counter[Rule]]:
    """Return what became of the findings raised on some days, and the questions sent then."""
    fates: Counter[tuple[Any, ...]] = Counter()
    sent: Counter[Rule] = Counter()
    parts = (DayCountRow.findings, DayCountRow.questions)
    for _, (findings, questions) in counts(session, days, parts, now):
        for *fate, number in findings:
            fates[tuple(fate)] += number
        for condition, name, _, number in questions:
            sent[condition, name] += number
    found = [
        Fate(
            (condition, name),
            FindingState(state),
            DismissalReason(reason) if reason else None,
            asked,
            number,
        )
        for (condition, name, state, reason, asked), number in fates.items()
    ]
    return found, sent


def move_findings(
    session: Session,
    facility_id: str,
    rule: Rule,
    before: FindingState,
    after: FindingState,
    change: FindingChange,
    actor_id: str,
    now: datetime,
) -> int:
    """Move all findings of a rule at a facility from one state to another, each with its history.

    Returns how many there were.
    """
    chosen = (
        FindingRow.facility_id == facility_id,
        FindingRow.state == before,
        FindingRow.condition == rule[0],
        FindingRow.name == rule[1],
    )
    found = session.execute(
        select(FindingRow.id, FindingRow.rule_version, FindingRow.content)
        .where(*chosen)
        .with_for_update()
    ).all()
    if not found:
        return 0
    session.execute(
        insert(FindingHistoryRow),
        [
            {
                "id": new_id(),
                "finding_id": row.id,
                "at": now,
                "change": change,
                "actor_id": actor_id,
                "rule_version": row.rule_version,
                "content": row.content,
            }
            for row in found
        ],
    )
    session.execute(
        update(FindingRow)
        .where(*chosen)
        .values(state=after, version=FindingRow.version + 1)
        .execution_options(synchronize_session=False)
    )
    return len(found)
