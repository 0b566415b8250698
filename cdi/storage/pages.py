"""Lists a page at a time: each row with what the list shows, a cursor for what follows."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, literal, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from cdi.domain.query import CoderStatus, FindingState, QueryState
from cdi.errors import InputError
from cdi.storage.tables import (
    DeliveryRow,
    DeliveryState,
    DiagnosisRow,
    EventRow,
    FindingRow,
    QueryRow,
    QuestionRow,
)

_Row = TypeVar("_Row")
_Columns = Sequence[InstrumentedAttribute[Any]]


@dataclass(frozen=True, slots=True)
class Page(Generic[_Row]):
    """Some rows of a list and the cursor of the next page, None on the last."""

    rows: tuple[_Row, ...]
    following: str | None


def findings_page(
    session: Session,
    facility_ids: Collection[str],
    *,
    state: FindingState = FindingState.OPEN,
    condition: str = "",
    cursor: str | None = None,
    limit: int = 50,
) -> Page[FindingRow]:
    """Return the specialist's worklist, most important first, then newest.

    Raises:
        InputError: the cursor is not one of this list.
    """
    statement = select(FindingRow).where(
        FindingRow.facility_id.in_(facility_ids), FindingRow.state == state
    )
    if condition:
        statement = statement.where(FindingRow.condition == condition)
    return _page(session, statement, (FindingRow.rank, FindingRow.id), cursor, limit)


def queries_page(
    session: Session,
    facility_ids: Collection[str],
    *,
    states: Collection[QueryState],
    recipient_id: str = "",
    owner_id: str = "",
    encounter_id: str = "",
    cursor: str | None = None,
    limit: int = 50,
) -> Page[QueryRow]:
    """Return queries of some facilities in some states, newest first.

    Raises:
        InputError: the cursor is not one of this list.
    """
    statement = select(QueryRow).where(
        QueryRow.facility_id.in_(facility_ids), QueryRow.state.in_(states)
    )
    for column, wanted in (
        (QueryRow.recipient_id, recipient_id),
        (QueryRow.owner_id, owner_id),
        (QueryRow.encounter_id, encounter_id),
    ):
        if wanted:
            statement = statement.where(column == wanted)
    return _page(session, statement, (QueryRow.id,), cursor, limit)


def sent_page(
    session: Session,
    facility_id: str,
    since: datetime,
    until: datetime,
    *,
    condition: str | None = None,
    service: str | None = None,
    recipient_id: str | None = None,
    owner_id: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[QueryRow]:
    """Return the queries that were sent in a time, newest first; what is None is not asked for.

    Raises:
        InputError: the cursor is not one of this list.
    """
    statement = select(QueryRow).where(
        QueryRow.facility_id == facility_id, QueryRow.sent_at >= since, QueryRow.sent_at < until
    )
    for column, wanted in (
        (QueryRow.service, service),
        (QueryRow.recipient_id, recipient_id),
        (QueryRow.owner_id, owner_id),
    ):
        if wanted is not None:
            statement = statement.where(column == wanted)
    if condition is not None:
        asked = select(QuestionRow.id).where(
            QuestionRow.query_id == QueryRow.id, QuestionRow.condition == condition
        )
        statement = statement.where(asked.exists())
    return _page(session, statement, (QueryRow.sent_at, QueryRow.id), cursor, limit)


def diagnoses_page(
    session: Session,
    facility_ids: Collection[str],
    *,
    statuses: Collection[CoderStatus],
    since: datetime | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[DiagnosisRow]:
    """Return clarified diagnoses for the coder, oldest first; only those changed since, if given.

    Raises:
        InputError: the cursor is not one of this list.
    """
    statement = select(DiagnosisRow).where(
        DiagnosisRow.facility_id.in_(facility_ids), DiagnosisRow.status.in_(statuses)
    )
    if since:
        statement = statement.where(DiagnosisRow.changed_at >= since)
    return _page(session, statement, (DiagnosisRow.id,), cursor, limit, falling=False)


def events_page(
    session: Session,
    facility_ids: Collection[str],
    *,
    subject_id: str = "",
    encounter_id: str = "",
    actor_id: str = "",
    verb: str = "",
    since: datetime | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[EventRow]:
    """Return events of some facilities, newest first.

    Raises:
        InputError: the cursor is not one of this list.
    """
    statement = select(EventRow).where(EventRow.facility_id.in_(facility_ids))
    for column, wanted in (
        (EventRow.subject_id, subject_id),
        (EventRow.encounter_id, encounter_id),
        (EventRow.actor_id, actor_id),
        (EventRow.verb, verb),
    ):
        if wanted:
            statement = statement.where(column == wanted)
    if since:
        statement = statement.where(EventRow.at >= since)
    return _page(session, statement, (EventRow.number,), cursor, limit)


def deliveries_page(
    session: Session,
    facility_ids: Collection[str],
    *,
    state: DeliveryState,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[DeliveryRow]:
    """Return deliveries of some facilities in a state, newest first.

    Raises:
        InputError: the cursor is not one of this list.
    """
    statement = select(DeliveryRow).where(
        DeliveryRow.facility_id.in_(facility_ids), DeliveryRow.state == state
    )
    return _page(session, statement, (DeliveryRow.id,), cursor, limit)


def query_events(session: Session, query_id: str) -> list[EventRow]:
    """Return what happened to a query, oldest first."""
    statement = select(EventRow).where(EventRow.subject_id == query_id)
    return list(session.scalars(statement.order_by(EventRow.number)))


def last_event_at(session: Session, subject_id: str, verb: str) -> datetime | None:
    """Return when something was last done to a thing, None if it never was."""
    statement = select(EventRow.at).where(EventRow.subject_id == subject_id, EventRow.verb == verb)
    return session.scalars(statement.order_by(EventRow.number.desc()).limit(1)).one_or_none()


def _page(
    session: Session,
    statement: Select[Any],
    columns: _Columns,
    cursor: str | None,
    limit: int,
    *,
    falling: bool = True,
) -> Page[Any]:
    """Return the rows behind the cursor, in the order of columns that tell each row's place."""
    if cursor:
        here, last = _place(columns), _place(_read(cursor, columns))
        statement = statement.where(here < last if falling else here > last)
    statement = statement.order_by(*(c.desc() if falling else c for c in columns))
    rows = session.scalars(statement.limit(limit + 1)).all()
    shown = tuple(rows[:limit])
    return Page(shown, _write(shown[-1], columns) if len(rows) > limit else None)


def _place(parts: Sequence[ColumnElement[Any] | InstrumentedAttribute[Any]]) -> Any:
    # Compared as one value, the index leads straight to where the page begins.
    return tuple_(*parts) if len(parts) > 1 else parts[0]


def _write(row: Any, columns: _Columns) -> str:
    values = [getattr(row, column.key) for column in columns]
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _read(cursor: str, columns: _Columns) -> list[ColumnElement[Any]]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        plain = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
        if not isinstance(plain, list):
            raise ValueError(cursor)
        return [
            literal(_read_part(value, column.type.python_type), column.type)
            for value, column in zip(plain, columns, strict=True)
        ]
    except ValueError:
        raise InputError("not a cursor of this list", field="cursor") from None


def _read_part(value: Any, kind: type) -> Any:
    if kind is datetime and isinstance(value, str):
        value = datetime.fromisoformat(value)
        if value.tzinfo is None:
            raise ValueError(value)
    if not isinstance(value, kind):
        raise ValueError(value)
    return value
