"""Figures of a time: how many queries, how answered, how fast, counted by the database."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy.orm import Session

from cdi.domain.query import AWAITING, Outcome, QueryState
from cdi.storage.tables import EncounterRow, QueryRow, QuestionRow


class Dimension(StrEnum):
    """By what queries are counted, besides their conditions."""

    STATE = "state"
    SERVICE = "service"
    PHYSICIAN = "physician"
    SPECIALIST = "specialist"
    DAY = "day"
    HOURS = "hours"


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


def figures(
    session: Session,
    facility_ids: Collection[str],
    since: datetime,
    until: datetime,
    *,
    now: datetime,
    offset: timedelta = timedelta(),
) -> Figures:
    """Return the figures of the queries sent at some facilities from a moment to another.

    Args:
        session: to read in.
        facility_ids: which facilities; their figures are added up.
        since: begin of the time.
        until: its end, left out.
        now: decides what is overdue.
        offset: of the clock on the wall from UTC, for the days.
    """
    return Figures(
        _tallies(session, facility_ids, since, until, now, offset),
        *_asked(session, facility_ids, since, until, offset),
        _coverage(session, facility_ids, since, until, offset),
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """Queries without an answer, sent on one day; ``overdue`` are those past their time."""

    queries: int
    overdue: int


def ages(session: Session, facility_ids: Collection[str], *, now: datetime) -> dict[date, Waiting]:
    """Return the queries that wait for an answer, by day of sending in UTC."""
    day = _day(session, QueryRow.sent_at.expression, timedelta())
    statement = (
        select(day, func.count(), func.count().filter(QueryRow.due_at <= now))
        .where(QueryRow.facility_id.in_(facility_ids), QueryRow.state.in_(AWAITING))
        .group_by(day)
    )
    rows = session.execute(statement)
    return {date.fromisoformat(str(on)): Waiting(*counted) for on, *counted in rows if on}


def _tallies(
    session: Session,
    facility_ids: Collection[str],
    since: datetime,
    until: datetime,
    now: datetime,
    offset: timedelta,
) -> dict[Dimension, dict[str, Tally]]:
    in_time = QueryRow.answered_at <= QueryRow.due_at
    due = or_(QueryRow.due_at <= now, in_time) & (QueryRow.state != QueryState.WITHDRAWN)
    counts: list[Any] = [
        func.count(),
        func.count(QueryRow.answered_at),
        func.count().filter(due),
        func.count().filter(in_time),
        func.count(QueryRow.working_minutes),
        func.coalesce(func.sum(QueryRow.working_minutes), 0),
    ]
    chosen = (
        QueryRow.facility_id.in_(facility_ids),
        QueryRow.sent_at >= since,
        QueryRow.sent_at < until,
    )
    columns: dict[Dimension, ColumnElement[Any]] = {
        Dimension.STATE: QueryRow.state.expression,
        Dimension.SERVICE: QueryRow.service.expression,
        Dimension.PHYSICIAN: QueryRow.recipient_id.expression,
        Dimension.SPECIALIST: QueryRow.owner_id.expression,
        Dimension.DAY: _day(session, QueryRow.sent_at.expression, offset),
        Dimension.HOURS: QueryRow.working_minutes.expression // 60,
    }
    found: dict[Dimension, dict[str, Tally]] = {dimension: {} for dimension in Dimension}
    for number, key, *counted in _grouped(session, list(columns.values()), counts, chosen):
        if key is not None:
            found[list(columns)[number]][str(key)] = Tally(*counted)
    return found


def _grouped(
    session: Session,
    columns: Sequence[ColumnElement[Any]],
    counts: Sequence[Any],
    chosen: Sequence[ColumnElement[bool]],
) -> Iterator[tuple[Any, ...]]:
    """Yield ``(number of the column, its value, counts…)``, in one pass where the database can."""
    if session.get_bind().dialect.name == "sqlite":
        for number, column in enumerate(columns):
            grouped = select(column, *counts).where(*chosen).group_by(column)
            for row in session.execute(grouped):
                yield (number, *row)
        return
    named = [column.label(f"key_{number}") for number, column in enumerate(columns)]
    rows = select(*named, *counts).where(*chosen)
    # One bit for each column that does not group the row, the last column lowest.
    bits = func.grouping(*columns)
    sets = func.grouping_sets(*(tuple_(column) for column in columns))
    whole = (1 << len(columns)) - 1
    for row in session.execute(rows.add_columns(bits).group_by(sets)):
        number = len(columns) - (whole ^ row[-1]).bit_length()
        yield (number, row[number], *row[len(columns) : -1])


def _asked(
    session: Session,
    facility_ids: Collection[str],
    since: datetime,
    until: datetime,
    offset: timedelta,
) -> tuple[dict[str, Outcomes], dict[date, Outcomes]]:
    """Return the questions by condition and outcome, and by day and outcome."""
    kinds: list[Outcome | None] = [*Outcome, None]
    columns: list[ColumnElement[Any]] = [
        QuestionRow.condition.expression,
        _day(session, QuestionRow.sent_at.expression, offset),
    ]
    counts = [func.count().filter(QuestionRow.outcome.is_not_distinct_from(k)) for k in kinds]
    chosen = (
        QuestionRow.facility_id.in_(facility_ids),
        QuestionRow.sent_at >= since,
        QuestionRow.sent_at < until,
    )
    conditions: dict[str, Outcomes] = {}
    days: dict[date, Outcomes] = {}
    for number, key, *counted in _grouped(session, columns, counts, chosen):
        outcomes = {kind: n for kind, n in zip(kinds, counted, strict=True) if n}
        if number == 0:
            conditions[key] = outcomes
        else:
            days[date.fromisoformat(str(key))] = outcomes
    return conditions, days


def _coverage(
    session: Session,
    facility_ids: Collection[str],
    since: datetime,
    until: datetime,
    offset: timedelta,
) -> dict[date, Coverage]:
    day = _day(session, EncounterRow.reviewed_at.expression, offset)
    statement = (
        select(day, func.count(), func.count(EncounterRow.asked_at))
        .where(
            EncounterRow.facility_id.in_(facility_ids),
            EncounterRow.reviewed_at >= since,
            EncounterRow.reviewed_at < until,
        )
        .group_by(day)
    )
    rows = session.execute(statement)
    return {date.fromisoformat(str(on)): Coverage(*counted) for on, *counted in rows}


def _day(session: Session, moment: ColumnElement[Any], offset: timedelta) -> ColumnElement[Any]:
    """Return the day of a moment, in the words of the database."""
    if session.get_bind().dialect.name == "sqlite":
        return func.date(moment, f"{offset.total_seconds():+.0f} seconds")
    return func.date(func.timezone("UTC", moment) + offset)
