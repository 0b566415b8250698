"""Audits of sent letters: what was drawn, and what an auditor says of each rule."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cdi.domain.letter import AuditOutcome
from cdi.storage.sealed import Sealed, sealed_column
from cdi.storage.tables.base import ID_LENGTH, Base, Identified, Word

_ID = String(ID_LENGTH)


class LetterAuditRow(Identified, Base):
    """A sample of the letters a facility sent between two moments; the seed draws it again."""

    __tablename__ = "letter_audits"
    __table_args__ = (Index(None, "facility_id", "id"),)

    facility_id: Mapped[str] = mapped_column(_ID, ForeignKey("facilities.id"))
    drawn_at: Mapped[datetime]
    drawn_by: Mapped[str] = mapped_column(_ID)
    since: Mapped[datetime]
    until: Mapped[datetime]
    sent: Mapped[int]
    seed: Mapped[int]

    judgements: Mapped[list[LetterJudgementRow]] = relationship(
        order_by="LetterJudgementRow.position", lazy="selectin", cascade="all"
    )


class LetterJudgementRow(Identified, Base):
    """One rule over one letter: the linter's outcome when it was sent, and the auditor's verdict.

    ``places`` are parts of the letter, never its words.
    """

    __tablename__ = "letter_judgements"
    __table_args__ = (UniqueConstraint("audit_id", "query_id", "rule"),)

    audit_id: Mapped[str] = mapped_column(_ID, ForeignKey("letter_audits.id"))
    position: Mapped[int]
    query_id: Mapped[str] = mapped_column(_ID, ForeignKey("queries.id"), index=True)
    revision: Mapped[int]
    pack_version: Mapped[str] = mapped_column(String(80))
    rule: Mapped[str] = mapped_column(String(8))
    outcome: Mapped[AuditOutcome] = mapped_column(Word(AuditOutcome))
    places: Mapped[str] = mapped_column(String(400), default="")
    verdict: Mapped[AuditOutcome | None] = mapped_column(Word(AuditOutcome))
    judged_by: Mapped[str | None] = mapped_column(_ID)
    judged_at: Mapped[datetime | None]
    comment_sealed: Mapped[bytes | None] = sealed_column(nullable=True)
    comment = Sealed()
