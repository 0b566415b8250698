"""Finding sent letters to audit, and audits that were drawn."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdi.storage.tables import LetterAuditRow, LetterRow, QueryRow


def sent_queries(
    session: Session, facility_id: str, since: datetime, until: datetime
) -> list[tuple[str, int]]:
    """Return id and letter revision of what was sent in a span of time, oldest first."""
    statement = (
        select(QueryRow.id, QueryRow.letter_revision)
        .where(
            QueryRow.facility_id == facility_id,
            QueryRow.sent_at >= since,
            QueryRow.sent_at < until,
        )
        .order_by(QueryRow.sent_at, QueryRow.id)
    )
    return [(row.id, row.letter_revision) for row in session.execute(statement)]


def sent_letter(session: Session, query_id: str, revision: int) -> LetterRow:
    """Return the letter of a query as it was sent."""
    wanted = LetterRow.query_id == query_id, LetterRow.revision == revision
    return session.scalars(select(LetterRow).where(*wanted)).one()


def find_audit(session: Session, identifier: str, *, lock: bool = False) -> LetterAuditRow | None:
    """Return an audit with its judgements, locked against other writers if asked."""
    statement = select(LetterAuditRow).where(LetterAuditRow.id == identifier)
    return session.scalars(statement.with_for_update() if lock else statement).one_or_none()


def audits_of(session: Session, facility_id: str) -> list[LetterAuditRow]:
    """Return the audits of a facility, newest first."""
    statement = select(LetterAuditRow).where(LetterAuditRow.facility_id == facility_id)
    return list(session.scalars(statement.order_by(LetterAuditRow.id.desc())))
