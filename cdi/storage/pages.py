"""Lists a page at a time: each row with what the list shows, a cursor for what follows."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, literal, select, tuple_
from sqlalchemy.orm import Session

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
    if cursor:
        rank, last = _read(cursor, float, str)
        # Compared as one value, the index leads straight to where the page begins.
        place = tuple_(FindingRow.rank, FindingRow.id)
        statement = statement.where(place < tuple_(literal(rank), literal(last)))
    statement = statement.order_by(FindingRow.rank.desc(), FindingRow.id.desc())
    return _page(session, statement, limit, lambda row: [row.rank, row.id])


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
    if cursor:
        (last,) = _read(cursor, str)
        statement = statement.where(QueryRow.id < last)
    return _page(session, statement.order_by(QueryRow.id.desc()), limit, lambda row: [row.id])


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
    if cursor:
        sent, last = _read(cursor, str, str)
        place = tuple_(QueryRow.sent_at, QueryRow.id)
        statement = statement.where(
            place < tuple_(literal(_moment(sent), QueryRow.sent_at.type), literal(last))
        )
    statement = statement.order_by(QueryRow.sent_at.desc(), QueryRow.id.desc())
    return _page(session, statement, limit, _place_of_sent)


def _place_of_sent(row: QueryRow) -> list[str]:
    return [row.sent_at.isoformat() if row.sent_at else "", row.id]


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = datetime.min
    if moment.tzinfo is None:
        raise InputError("not a cursor of this list", field="cursor")
    return moment


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
    if cursor:
        (last,) = _read(cursor, str)
        statement = statement.where(DiagnosisRow.id > last)
    return _page(session, statement.order_by(DiagnosisRow.id), limit, lambda row: [row.id])


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
    if cursor:
        (last,) = _read(cursor, int)
        statement = statement.where(EventRow.number < last)
    statement = statement.order_by(EventRow.number.desc())
    return _page(session, statement, limit, lambda row: [row.number])


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
    if cursor:
        (last,) = _read(cursor, str)
        statement = statement.where(DeliveryRow.id < last)
    return _page(session, statement.order_by(DeliveryRow.id.desc()), limit, lambda row: [row.id])


def query_events(session: Session, query_id: str) -> list[EventRow]:
    """Return what happened to a query, oldest first."""
    statement = select(EventRow).where(EventRow.subject_id == query_id)
    return list(session.scalars(statement.order_by(EventRow.number)))


def last_event_at(session: Session, subject_id: str, verb: str) -> datetime | None:
    """Return when something was last done to a thing, None if it never was."""
    statement = select(EventRow.at).where(EventRow.subject_id == subject_id, EventRow.verb == verb)
    return session.scalars(statement.order_by(EventRow.number.desc()).limit(1)).one_or_none()


def _page(session: Session, statement: Select[Any], limit: int, key: Any) -> Page[Any]:
    rows = session.scalars(statement.limit(limit + 1)).all()
    shown = tuple(rows[:limit])
    return Page(shown, _write(key(shown[-1])) if len(rows) > limit else None)


def _write(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _read(cursor: str, *kinds: type) -> list[Any]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
    except ValueError:
        values = None
    fits = isinstance(values, list) and len(values) == len(kinds)
    if not fits or not all(isinstance(v, kind) for v, kind in zip(values, kinds, strict=True)):
        raise InputError("not a cursor of this list", field="cursor")
    return list(values)
