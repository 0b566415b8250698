"""What findings are worth, counted or of one clarified diagnosis; never for a physician."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdi.domain.query import FindingState
from cdi.storage.tables import AnswerRow, FindingRow, QuestionRow


@dataclass(frozen=True, slots=True)
class Worth:
    """How many findings of a condition have a level, and the versions that say so."""

    condition: str
    level: str
    levels_by: str
    categories_by: str
    findings: int
    with_category: int


def count_worth(
    session: Session, facility_id: str, states: Collection[FindingState]
) -> tuple[Worth, ...]:
    """Return the findings of a facility in some states by condition and level."""
    level, by, categories_by = (
        FindingRow.weight[name].as_string() for name in ("level", "levels_by", "categories_by")
    )
    category = FindingRow.weight["categories"][0].as_string()
    statement = (
        select(FindingRow.condition, level, by, categories_by, func.count(), func.count(category))
        .where(
            FindingRow.facility_id == facility_id,
            FindingRow.state.in_(states),
            level.is_not(None),
        )
        .group_by(FindingRow.condition, level, by, categories_by)
        .order_by(func.count().desc(), FindingRow.condition, level)
    )
    return tuple(Worth(*row) for row in session.execute(statement))


def find_weight(session: Session, answer_id: str) -> Mapping[str, Any] | None:
    """Return the weight of the finding that an answer is about; None if it was not weighed."""
    statement = (
        select(FindingRow.weight)
        .join(QuestionRow, QuestionRow.finding_id == FindingRow.id)
        .join(AnswerRow, AnswerRow.question_id == QuestionRow.id)
        .where(AnswerRow.id == answer_id)
    )
    return session.scalars(statement).one_or_none()
