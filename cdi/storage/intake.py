"""Finding what came in: messages by sender and control id, and what was remarked on them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdi.storage.tables import InboxRow, RemarkRow


def find_message(session: Session, sender: str, control_id: str) -> InboxRow | None:
    """Return a message that was received before, None if it is new."""
    statement = select(InboxRow).where(InboxRow.sender == sender, InboxRow.control_id == control_id)
    return session.scalars(statement).one_or_none()


def remarks_of(session: Session, encounter_id: str) -> list[RemarkRow]:
    """Return what intake could not use of an encounter, oldest first."""
    statement = select(RemarkRow).where(RemarkRow.encounter_id == encounter_id)
    return list(session.scalars(statement.order_by(RemarkRow.id)))
