"""Counting what was sent, reviewed and raised in a time at a facility, as plain values.

The values are those of JSON, so that what a day came to can be kept (:mod:`cdi.storage.day_counts`)
and added up as it is:

* queries: for each dimension its keys with the numbers of a :class:`Tally`;
* questions: ``[condition, name, outcome, number]``;
* stays: ``[reviewed, asked about]``;
* findings: ``[condition, name, state, reason, asked about, number]``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from operator import add
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from cdi.domain.query import QueryState
from cdi.storage.tables import EncounterRow, FindingRow, QueryRow, QuestionRow


class Dimension(StrEnum):
    """By what queries are counted, besides their conditions."""

    STATE = "state"
    SERVICE = "service"
    PHYSICIAN = "physician"
    SPECIALIST = "specialist"
    DAY = "day"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day at a facility, or the part of it that a time takes up."""

    facility_id: str
    on: date
    since: datetime
    until: datetime

    def has(
        self, facility: InstrumentedAttribute[str], moment: InstrumentedAttribute[Any]
    ) -> tuple[ColumnElement[bool], ...]:
        """Return the conditions that a moment lies in it."""
        return facility == self.facility_id, moment >= self.since, moment < self.until


_IN_TIME = func.coalesce(QueryRow.answered_at <= QueryRow.due_at, False)
_KEYS: dict[Dimension, ColumnElement[Any]] = {
    Dimension.STATE: QueryRow.state.expression,
    Dimension.SERVICE: QueryRow.service.expression,
    Dimension.PHYSICIAN: QueryRow.recipient_id.expression,
    Dimension.SPECIALIST: QueryRow.owner_id.expression,
    Dimension.HOURS: QueryRow.working_minutes.expression // 60,
}


def count_queries(
    session: Session, day: Day, now: datetime
) -> tuple[dict[str, dict[str, list[int]]], datetime | None]:
    """Return the queries sent in a time by every dimension but the day.

    Beside them stands when the next of them falls due, from when on they count differently.
    """
    overdue = QueryRow.due_at <= now
    counts: list[Any] = [
        func.count(),
        func.count(QueryRow.answered_at),
        func.count().filter(or_(overdue, _IN_TIME), QueryRow.state != QueryState.WITHDRAWN),
        func.count().filter(_IN_TIME),
        func.count(QueryRow.working_minutes),
        func.coalesce(func.sum(QueryRow.working_minutes), 0),
    ]
    following = func.min(QueryRow.due_at).filter(QueryRow.due_at > now, ~_IN_TIME)
    chosen = day.has(QueryRow.facility_id, QueryRow.sent_at)
    rows = session.execute(
        select(following, *_KEYS.values(), *counts).where(*chosen).group_by(*_KEYS.values())
    )
    found: dict[str, dict[str, list[int]]] = {dimension.value: {} for dimension in _KEYS}
    due: list[datetime] = []
    for falls_due, *told in rows:
        keys, numbers = told[: len(_KEYS)], told[len(_KEYS) :]
        due += [falls_due] if falls_due is not None else []
        for by, key in zip(found.values(), keys, strict=True):
            if key is not None:
                add_numbers(by, str(key), numbers)
    return found, min(due, default=None)


def add_numbers(keys: dict[str, list[int]], key: str, numbers: Sequence[int]) -> None:
    """Add numbers to those that stand under a key."""
    before = keys.get(key)
    keys[key] = list(numbers) if before is None else list(map(add, before, numbers))


def count_questions(session: Session, day: Day) -> list[list[Any]]:
    """Return the questions sent in a time by rule and outcome."""
    columns = (QuestionRow.condition, QuestionRow.name, QuestionRow.outcome)
    chosen = day.has(QuestionRow.facility_id, QuestionRow.sent_at)
    rows = session.execute(select(*columns, func.count()).where(*chosen).group_by(*columns))
    return [list(row) for row in rows]


def count_stays(session: Session, day: Day) -> list[int]:
    """Return the encounters last reviewed in a time, and those of them ever asked about."""
    counts = select(func.count(), func.count(EncounterRow.asked_at))
    chosen = day.has(EncounterRow.facility_id, EncounterRow.reviewed_at)
    return list(session.execute(counts.where(*chosen)).one())


def count_findings(session: Session, day: Day) -> list[list[Any]]:
    """Return the findings raised in a time by rule and by what became of them."""
    asked = exists().where(QuestionRow.finding_id == FindingRow.id).label("asked")
    columns = (FindingRow.condition, FindingRow.name, FindingRow.state, FindingRow.reason)
    statement = (
        select(*columns, asked, func.count())
        .where(*day.has(FindingRow.facility_id, FindingRow.raised_at))
        .group_by(*columns, asked)
    )
    return [[*told, bool(was), number] for *told, was, number in session.execute(statement)]
