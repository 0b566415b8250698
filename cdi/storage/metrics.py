"""Figures of a time: how many queries, how answered, how fast, counted by the database."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Integer, cast, func, select
from sqlalchemy.orm import Session

from cdi.domain.query import AWAITING, Outcome, QueryState
from cdi.storage.tables import QueryRow, QuestionRow


@dataclass(frozen=True, slots=True)
class Figures:
    """Queries sent in a time, and what has become of them.

    Attributes:
        states: number of queries by their state now.
        outcomes: number of answered questions by outcome.
        by_condition: number of questions by condition, most first.
        hours: number of answered queries by whole hours from sending to answer.
    """

    states: dict[QueryState, int]
    outcomes: dict[Outcome, int]
    by_condition: dict[str, int]
    hours: dict[int, int]

    @property
    def sent(self) -> int:
        """How many queries were sent."""
        return sum(self.states.values())

    @property
    def response_rate(self) -> float | None:
        """Answered of sent; None if none was sent. Those still awaited count as unanswered."""
        return sum(self.hours.values()) / self.sent if self.sent else None

    @property
    def awaited(self) -> int:
        """How many still wait for an answer."""
        return sum(self.states.get(state, 0) for state in AWAITING)

    def turnaround(self, share: float) -> int | None:
        """Return the hours within which a share (0 to 1) of the answers came; None without any."""
        wanted = share * sum(self.hours.values())
        passed = 0
        for hours, number in sorted(self.hours.items()):
            passed += number
            if passed >= wanted:
                return hours + 1
        return None


def figures(
    session: Session, facility_ids: Collection[str], since: datetime, until: datetime
) -> Figures:
    """Return the figures of the queries sent at some facilities from a moment to another."""
    chosen = (
        QueryRow.facility_id.in_(facility_ids),
        QueryRow.sent_at >= since,
        QueryRow.sent_at < until,
    )
    states = select(QueryRow.state, func.count()).where(*chosen).group_by(QueryRow.state)
    asked = (
        select(QuestionRow.condition, QuestionRow.outcome, func.count())
        .join(QueryRow, QueryRow.id == QuestionRow.query_id)
        .where(*chosen)
        .group_by(QuestionRow.condition, QuestionRow.outcome)
    )
    bucket = _hours(session).label("hours")
    hours = (
        select(bucket, func.count())
        .where(*chosen, QueryRow.answered_at.is_not(None))
        .group_by(bucket)
    )
    outcomes: dict[Outcome, int] = {}
    conditions: dict[str, int] = {}
    for condition, outcome, number in session.execute(asked):
        conditions[condition] = conditions.get(condition, 0) + number
        if outcome is not None:
            outcomes[outcome] = outcomes.get(outcome, 0) + number
    return Figures(
        {row[0]: row[1] for row in session.execute(states)},
        outcomes,
        dict(sorted(conditions.items(), key=lambda item: (-item[1], item[0]))),
        {row[0]: row[1] for row in session.execute(hours)},
    )


def _hours(session: Session) -> ColumnElement[int]:
    """Return the whole hours from sending to answer, in the words of the database."""
    if session.get_bind().dialect.name == "sqlite":
        days = func.julianday(QueryRow.answered_at) - func.julianday(QueryRow.sent_at)
        # Julian days are floating: a whole hour must not fall into the one before.
        return cast(days * 24 + 1e-6, Integer)
    seconds = func.extract("epoch", QueryRow.answered_at - QueryRow.sent_at)
    return cast(func.floor(seconds / 3600), Integer)
