"""What physicians leave behind on the way to a signature: answers kept, questions handed over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cdi.domain.query import HandoverReason
from cdi.storage.sealed import Sealed, sealed_column
from cdi.storage.tables.base import ID_LENGTH, Base, Identified, Word

_ID = String(ID_LENGTH)


class KeptAnswerRow(Identified, Base):
    """The answer one physician has given to one question and not signed yet.

    ``option`` is its place in the letter of ``letter_revision``; None for words alone.
    """

    __tablename__ = "kept_answers"
    __table_args__ = (UniqueConstraint("query_id", "user_id", "position"),)

    query_id: Mapped[str] = mapped_column(_ID, ForeignKey("queries.id"))
    user_id: Mapped[str] = mapped_column(_ID, ForeignKey("users.id"), index=True)
    letter_revision: Mapped[int]
    position: Mapped[int]
    option: Mapped[int | None]
    kept_at: Mapped[datetime]
    words_sealed: Mapped[bytes] = sealed_column()
    words = Sealed()


class HandoverRow(Identified, Base):
    """A query that a physician passed on to another, or, with no ``to_id``, gave back."""

    __tablename__ = "handovers"
    __table_args__ = (Index(None, "query_id", "at"),)

    query_id: Mapped[str] = mapped_column(_ID, ForeignKey("queries.id"))
    from_id: Mapped[str] = mapped_column(_ID, ForeignKey("users.id"))
    to_id: Mapped[str | None] = mapped_column(_ID, ForeignKey("users.id"))
    at: Mapped[datetime]
    reason: Mapped[HandoverReason] = mapped_column(Word(HandoverReason))
    remark_sealed: Mapped[bytes] = sealed_column()
    remark = Sealed()
