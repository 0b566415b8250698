"""Finding queries, letters, responses and clarified diagnoses."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdi.domain.letter import Letter
from cdi.domain.query import AWAITING, UNSENT, CoderStatus, QueryState
from cdi.storage.json_record import from_json, read_records
from cdi.storage.membership import among
from cdi.storage.sealed import open_texts_by
from cdi.storage.tables import (
    DiagnosisRow,
    LetterRow,
    QueryRow,
    QuestionRow,
    ResponseRow,
)


def find_query(session: Session, identifier: str, *, lock: bool = False) -> QueryRow | None:
    """Return a query with its questions, locked against other writers if asked."""
    statement = select(QueryRow).where(QueryRow.id == identifier)
    return session.scalars(statement.with_for_update() if lock else statement).one_or_none()


def find_letter(session: Session, query: QueryRow, revision: int | None = None) -> LetterRow:
    """Return a version of the letter of a query, the newest if none is named."""
    wanted = query.letter_revision if revision is None else revision
    return session.scalars(
        select(LetterRow).where(LetterRow.query_id == query.id, LetterRow.revision == wanted)
    ).one()


def letters_by_query(session: Session, query_ids: Collection[str]) -> dict[str, Letter]:
    """Return the letter of each query in its newest version."""
    newest = (
        select(LetterRow)
        .join(QueryRow, QueryRow.id == LetterRow.query_id)
        .where(among(QueryRow.id, query_ids), LetterRow.revision == QueryRow.letter_revision)
    )
    texts = dict(open_texts_by(session, LetterRow, newest, LetterRow.query_id))
    return dict(zip(texts, read_records(Letter, texts.values()), strict=True))


def replies_by_query(
    session: Session, query_ids: Collection[str]
) -> dict[str, tuple[QueryRow, LetterRow, ResponseRow]]:
    """Return each answered query with its reply and the letter that was answered."""
    statement = (
        select(QueryRow, LetterRow, ResponseRow)
        .join(ResponseRow, ResponseRow.query_id == QueryRow.id)
        .join(LetterRow, LetterRow.query_id == QueryRow.id)
        .where(among(QueryRow.id, query_ids), LetterRow.revision == ResponseRow.letter_revision)
    )
    return {row[0].id: (row[0], row[1], row[2]) for row in session.execute(statement)}


def letter_versions(session: Session, query_id: str) -> list[LetterRow]:
    """Return every version of a query's letter, oldest first."""
    statement = select(LetterRow).where(LetterRow.query_id == query_id)
    return list(session.scalars(statement.order_by(LetterRow.revision)))


def to_letter(row: LetterRow) -> Letter:
    """Return the letter of a row."""
    return from_json(Letter, row.content)


def find_response(session: Session, query_id: str) -> ResponseRow | None:
    """Return the reply to a query with its answers."""
    statement = select(ResponseRow).where(ResponseRow.query_id == query_id)
    return session.scalars(statement).one_or_none()


def queries_of_encounter(session: Session, encounter_id: str) -> list[QueryRow]:
    """Return the queries about an encounter, oldest first."""
    statement = select(QueryRow).where(QueryRow.encounter_id == encounter_id)
    return list(session.scalars(statement.order_by(QueryRow.id)))


def queries_asking(session: Session, finding_ids: Collection[str]) -> list[QueryRow]:
    """Return the queries, still to be answered or verified, that ask about these findings."""
    states = UNSENT | AWAITING | {QueryState.DECLINED, QueryState.ANSWERED}
    statement = (
        select(QueryRow)
        .join(QuestionRow, QuestionRow.query_id == QueryRow.id)
        .where(QuestionRow.finding_id.in_(finding_ids), QueryRow.state.in_(states))
        .order_by(QueryRow.id)
    )
    return list(session.scalars(statement).unique())


def find_draft(session: Session, encounter_id: str, recipient_id: str) -> QueryRow | None:
    """Return the newest unsent query to a physician about an encounter, locked, if there is one."""
    statement = (
        select(QueryRow)
        .where(
            QueryRow.encounter_id == encounter_id,
            QueryRow.recipient_id == recipient_id,
            QueryRow.state.in_(UNSENT),
        )
        .order_by(QueryRow.id.desc())
        .limit(1)
    )
    return session.scalars(statement.with_for_update()).one_or_none()


def count_sent_since(session: Session, recipient_id: str, since: datetime) -> int:
    """Return how many queries a physician was sent since a moment."""
    statement = (
        select(func.count())
        .select_from(QueryRow)
        .where(QueryRow.recipient_id == recipient_id, QueryRow.sent_at >= since)
    )
    return session.scalar(statement) or 0


def due_queries(session: Session, now: datetime, limit: int) -> list[str]:
    """Return ids of queries whose next step (reminder, escalation, end) is due, oldest first."""
    statement = (
        select(QueryRow.id)
        .where(QueryRow.state.in_(AWAITING), QueryRow.next_step_at <= now)
        .order_by(QueryRow.next_step_at)
        .limit(limit)
    )
    return list(session.scalars(statement))


def find_diagnosis(session: Session, identifier: str, *, lock: bool = False) -> DiagnosisRow | None:
    """Return a clarified diagnosis."""
    statement = select(DiagnosisRow).where(DiagnosisRow.id == identifier)
    return session.scalars(statement.with_for_update() if lock else statement).one_or_none()


def count_diagnoses(
    session: Session, facility_id: str, statuses: Collection[CoderStatus], most: int
) -> int:
    """Return how many clarified diagnoses of a facility have one of the statuses.

    Counting ends at ``most``: those that were coded once are a million one day.
    """
    some = select(DiagnosisRow.id).where(
        DiagnosisRow.facility_id == facility_id, DiagnosisRow.status.in_(statuses)
    )
    return session.scalars(select(func.count()).select_from(some.limit(most).subquery())).one()


def diagnoses_of(session: Session, query_id: str) -> list[DiagnosisRow]:
    """Return the clarified diagnoses of a query."""
    statement = select(DiagnosisRow).where(DiagnosisRow.query_id == query_id)
    return list(session.scalars(statement.order_by(DiagnosisRow.id)))


def count_due(session: Session, now: datetime) -> int:
    """Return how many queries wait for a reminder, escalation or end that is due."""
    statement = (
        select(func.count())
        .select_from(QueryRow)
        .where(QueryRow.state.in_(AWAITING), QueryRow.next_step_at <= now)
    )
    return session.scalar(statement) or 0


def letters_of(session: Session, query_ids: Collection[str]) -> list[LetterRow]:
    """Return every version of the letters of some queries."""
    return list(session.scalars(select(LetterRow).where(among(LetterRow.query_id, query_ids))))


def responses_of(session: Session, query_ids: Collection[str]) -> list[ResponseRow]:
    """Return the replies to some queries with their answers."""
    return list(session.scalars(select(ResponseRow).where(among(ResponseRow.query_id, query_ids))))
