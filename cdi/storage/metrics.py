"""Figures of a time: how many queries, how answered, how fast, counted by the database."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from cdi.domain.query import AWAITING, Outcome
from cdi.storage.counting import Day, Dimension, add_numbers
from cdi.storage.day_counts import counts
from cdi.storage.tables import DayCountRow, QueryRow
from cdi.storage.tables.queries import AWAITED


@dataclass(frozen=True, slots=True)
class Tally:
    """Counted queries.

    Attributes:
        sent: all of them.
        answered: those answered by now.
        due: those whose time to answer is over or that were answered in it; withdrawn ones not.
        in_time: those answered before they were due.
        timed: those whose time to the answer is known.
        minutes: working time to the answer of all of those together.
    """

    sent: int = 0
    answered: int = 0
    due: int = 0
    in_time: int = 0
    timed: int = 0
    minutes: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.sent + other.sent,
            self.answered + other.answered,
            self.due + other.due,
            self.in_time + other.in_time,
            self.timed + other.timed,
            self.minutes + other.minutes,
        )

    @property
    def timely(self) -> float | None:
        """Share answered in time; None if none was due."""
        return self.in_time / self.due if self.due else None

    @property
    def mean_hours(self) -> float | None:
        """Working hours to the answer, on average; None if none is known."""
        return self.minutes / 60 / self.timed if self.timed else None


Outcomes = Mapping[Outcome | None, int]
"""Number of questions by what the answer amounted to; None for those without an answer."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Encounters reviewed, and those of them that were ever asked about."""

    reviewed: int = 0
    asked: int = 0

    @property
    def rate(self) -> float | None:
        """The query rate; None if nothing was reviewed."""
        return self.asked / self.reviewed if self.reviewed else None


@dataclass(frozen=True, slots=True)
class Figures:
    """Queries sent in a time, and what has become of them.

    Attributes:
        tallies: queries by each dimension; keys are as stored, days as ISO dates.
        conditions: questions by condition and outcome.
        outcomes: questions by day of sending and outcome.
        coverage: encounters by day of their last review.
    """

    tallies: Mapping[Dimension, Mapping[str, Tally]]
    conditions: Mapping[str, Outcomes] = field(default_factory=dict)
    outcomes: Mapping[date, Outcomes] = field(default_factory=dict)
    coverage: Mapping[date, Coverage] = field(default_factory=dict)

    @property
    def whole(self) -> Tally:
        """All queries together."""
        return sum(self.tallies[Dimension.STATE].values(), Tally())

    @property
    def awaited(self) -> int:
        """How many still wait for an answer."""
        states = self.tallies[Dimension.STATE]
        return sum(states[state].sent for state in AWAITING if state in states)

    @property
    def hours(self) -> dict[int, int]:
        """Number of answered queries by whole working hours from sending to answer."""
        return {int(key): t.sent for key, t in self.tallies[Dimension.HOURS].items()}


def turnaround(hours: Mapping[int, int], share: float) -> int | None:
    """Return the hours within which a share (0 to 1) of the answers came; None without any."""
    wanted, passed = share * sum(hours.values()), 0
    for hour, number in sorted(hours.items()):
        passed += number
        if passed >= wanted:
            return hour + 1
    return None


def figures(session: Session, days: Sequence[Day], *, now: datetime) -> Figures:
    """Return the figures of some days.

    Args:
        session: of the transaction.
        days: of one facility or several, whose numbers are added up.
        now: decides what is overdue.
    """
    added: dict[str, dict[str, list[int]]] = {dimension: {} for dimension in Dimension}
    conditions: defaultdict[str, Counter[str | None]] = defaultdict(Counter)
    outcomes: defaultdict[date, Counter[str | None]] = defaultdict(Counter)
    coverage: dict[date, Coverage] = {}
    parts = (DayCountRow.queries, DayCountRow.questions, DayCountRow.stays)
    for day, (queries, questions, stays) in counts(session, days, parts, now):
        for dimension, keys in queries.items():
            for key, numbers in keys.items():
                add_numbers(added[dimension], key, numbers)
        for numbers in queries[Dimension.STATE].values():
            add_numbers(added[Dimension.DAY], day.on.isoformat(), numbers)
        for condition, _, outcome, number in questions:
            conditions[condition][outcome] += number
            outcomes[day.on][outcome] += number
        if stays[0]:
            before = coverage.get(day.on, Coverage())
            coverage[day.on] = Coverage(before.reviewed + stays[0], before.asked + stays[1])
    return Figures(
        {dim: {key: Tally(*n) for key, n in added[dim].items()} for dim in Dimension},
        {condition: _outcomes(words) for condition, words in conditions.items()},
        {on: _outcomes(words) for on, words in outcomes.items()},
        coverage,
    )


def _outcomes(words: Mapping[str | None, int]) -> Outcomes:
    return {Outcome(word) if word else None: number for word, number in words.items()}


@dataclass(frozen=True, slots=True)
class Waiting:
    """Queries without an answer, sent on one day; ``overdue`` are those past their time."""

    queries: int
    overdue: int


def ages(session: Session, facility_ids: Collection[str], *, now: datetime) -> dict[date, Waiting]:
    """Return the queries that wait for an answer, by day of sending in UTC."""
    day = _day(session, QueryRow.sent_at.expression)
    statement = (
        select(day, func.count(), func.count().filter(QueryRow.due_at <= now))
        .where(QueryRow.facility_id.in_(facility_ids), AWAITED)
        .group_by(day)
    )
    rows = session.execute(statement)
    return {date.fromisoformat(str(on)): Waiting(*counted) for on, *counted in rows if on}


def _day(session: Session, moment: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return the day of a moment in UTC, in the words of the database."""
    if session.get_bind().dialect.name == "sqlite":
        return func.date(moment)
    return func.date(func.timezone("UTC", moment))
