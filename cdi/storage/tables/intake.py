"""What came in from other systems, before and after it was understood."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cdi.storage.sealed import Sealed, sealed_column
from cdi.storage.tables.base import ID_LENGTH, Base, Identified, Word

_ID = String(ID_LENGTH)


class InboxState(StrEnum):
    """What became of a message."""

    RECEIVED = "received"
    APPLIED = "applied"
    REFUSED = "refused"


class InboxRow(Identified, Base):
    """A message as received; sender and control id (HL7 MSH-10) tell a repetition.

    A refused message without a control id has its hash in its place. ``answer`` is AA, AE or AR,
    ``field`` the field at fault, ``error`` why in words, without content. ``content`` is the text
    of the message, of a refused one as far as it could be read.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("sender", "control_id"),
        Index(None, "state", "id"),
        Index(None, "visit", "id"),
    )

    sender: Mapped[str] = mapped_column(String(200))
    control_id: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(40))
    visit: Mapped[str] = mapped_column(String(200), default="")
    answer: Mapped[str] = mapped_column(String(2), default="AA")
    field: Mapped[str] = mapped_column(String(80), default="")
    state: Mapped[InboxState] = mapped_column(Word(InboxState), default=InboxState.RECEIVED)
    received_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    encounter_id: Mapped[str | None] = mapped_column(_ID, ForeignKey("encounters.id"), index=True)
    error: Mapped[str] = mapped_column(String(200), default="")
    content_hash: Mapped[str] = mapped_column(String(64))
    content_sealed: Mapped[bytes] = sealed_column()
    content = Sealed()


class RemarkRow(Identified, Base):
    """Something in a message that was left out or read with a doubt: where and why, no content."""

    __tablename__ = "inbox_remarks"

    inbox_id: Mapped[str | None] = mapped_column(_ID, ForeignKey("inbox.id"), index=True)
    encounter_id: Mapped[str | None] = mapped_column(_ID, ForeignKey("encounters.id"), index=True)
    field: Mapped[str] = mapped_column(String(200))
    code: Mapped[str] = mapped_column(String(80))
    message: Mapped[str] = mapped_column(String(400))
    at: Mapped[datetime]
