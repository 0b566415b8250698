"""What a physician is asked and has answered: open queries, kept answers, replies, handovers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select, union_all
from sqlalchemy.orm import Session, raiseload

from cdi.domain.query import AWAITING
from cdi.storage.membership import among
from cdi.storage.tables import (
    CoverRow,
    HandoverRow,
    KeptAnswerRow,
    QueryRow,
    ResponseRow,
)

# More than a physician can have: their facility limits the questions of a day.
_MOST = 200


def queries_asked(
    session: Session,
    user_id: str,
    facility_ids: Collection[str],
    now: datetime,
    encounter_id: str = "",
    limit: int = _MOST,
) -> list[QueryRow]:
    """Return the open queries a user may answer, due first: their own, covered, escalated.

    Their questions are not read: their letters tell them.
    """
    covered = session.scalars(
        select(CoverRow.user_id).where(
            CoverRow.covered_by == user_id, CoverRow.starts_at <= now, CoverRow.ends_at > now
        )
    )
    # One part for each way to be asked: each has an index in the order of the list.
    asked = [QueryRow.recipient_id == person for person in (user_id, *covered)]
    parts = []
    for of_user in (*asked, QueryRow.escalated_to == user_id):
        part = select(QueryRow.id).where(
            QueryRow.facility_id.in_(facility_ids), QueryRow.state.in_(AWAITING), of_user
        )
        if encounter_id:
            part = part.where(QueryRow.encounter_id == encounter_id)
        first = part.order_by(QueryRow.due_at, QueryRow.id).limit(limit).subquery()
        parts.append(select(first.c.id))
    statement = select(QueryRow).where(QueryRow.id.in_(union_all(*parts)))
    statement = statement.options(raiseload(QueryRow.questions))
    return list(session.scalars(statement.order_by(QueryRow.due_at, QueryRow.id).limit(limit)))


def kept_answers(
    session: Session, user_id: str, query_ids: Collection[str] | None = None
) -> list[KeptAnswerRow]:
    """Return the answers a user has given and not signed, of some queries or of all."""
    statement = select(KeptAnswerRow).where(KeptAnswerRow.user_id == user_id)
    if query_ids is not None:
        statement = statement.where(among(KeptAnswerRow.query_id, query_ids))
    order = (KeptAnswerRow.query_id, KeptAnswerRow.position)
    return list(session.scalars(statement.order_by(*order)))


def find_kept_answer(
    session: Session, user_id: str, query_id: str, position: int
) -> KeptAnswerRow | None:
    """Return what a user has answered to one question and not signed."""
    statement = select(KeptAnswerRow).where(
        KeptAnswerRow.user_id == user_id,
        KeptAnswerRow.query_id == query_id,
        KeptAnswerRow.position == position,
    )
    return session.scalars(statement).one_or_none()


def forget_kept_answers(session: Session, user_id: str, query_id: str) -> int:
    """Delete what a user has answered to a query and not signed; return how many answers."""
    rows = kept_answers(session, user_id, [query_id])
    session.execute(delete(KeptAnswerRow).where(KeptAnswerRow.id.in_([row.id for row in rows])))
    return len(rows)


def responses_of(
    session: Session,
    user_id: str,
    *,
    before: str = "",
    since: datetime | None = None,
    limit: int = 30,
) -> list[ResponseRow]:
    """Return the replies a user has signed, newest first: those before an id, since a moment."""
    statement = select(ResponseRow).where(ResponseRow.answered_by == user_id)
    if before:
        statement = statement.where(ResponseRow.id < before)
    if since is not None:
        statement = statement.where(ResponseRow.answered_at >= since)
    return list(session.scalars(statement.order_by(ResponseRow.id.desc()).limit(limit)))


def handovers_of(session: Session, query_id: str) -> list[HandoverRow]:
    """Return how a query was passed on or given back, oldest first."""
    statement = select(HandoverRow).where(HandoverRow.query_id == query_id)
    return list(session.scalars(statement.order_by(HandoverRow.at, HandoverRow.id)))


def last_handovers(session: Session, query_ids: Collection[str]) -> dict[str, HandoverRow]:
    """Return by query how it was last passed on or given back; those that never were are not in."""
    statement = select(HandoverRow).where(among(HandoverRow.query_id, query_ids))
    rows = session.scalars(statement.order_by(HandoverRow.at, HandoverRow.id))
    return {row.query_id: row for row in rows}
