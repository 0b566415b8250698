"""Clarified diagnoses: what the coder picks up."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from cdi.domain.query import CoderStatus, Outcome, PresentOnAdmission
from cdi.storage.sealed import Sealed, sealed_column
from cdi.storage.tables.base import ID_LENGTH, Base, Identified, Word

_ID = String(ID_LENGTH)


class DiagnosisRow(Identified, Base):
    """A diagnosis as clarified by one answer, with proposed codes, best first.

    ``proposals`` are objects {"code", "title", "score", "because"}; ``evidence`` the pointers
    that the question quoted; ``wording`` and ``remark`` (why it was returned) are sealed.
    """

    __tablename__ = "clarified_diagnoses"
    __table_args__ = (Index("ix_clarified_diagnoses_worklist", "facility_id", "status", "id"),)

    facility_id: Mapped[str] = mapped_column(_ID, ForeignKey("facilities.id"))
    encounter_id: Mapped[str] = mapped_column(_ID, ForeignKey("encounters.id"), index=True)
    query_id: Mapped[str] = mapped_column(_ID, ForeignKey("queries.id"), index=True)
    answer_id: Mapped[str] = mapped_column(_ID, ForeignKey("answers.id"), unique=True)
    condition: Mapped[str] = mapped_column(String(80))
    outcome: Mapped[Outcome] = mapped_column(Word(Outcome))
    proposals: Mapped[list[Any]]
    code: Mapped[str | None] = mapped_column(String(10))
    poa: Mapped[PresentOnAdmission | None] = mapped_column(Word(PresentOnAdmission))
    evidence: Mapped[list[Any]]
    status: Mapped[CoderStatus] = mapped_column(Word(CoderStatus), default=CoderStatus.NEW)
    coder_id: Mapped[str | None] = mapped_column(_ID)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(_ID)
    version: Mapped[int] = mapped_column()
    wording_sealed: Mapped[bytes] = sealed_column()
    wording = Sealed()
    remark_sealed: Mapped[bytes | None] = sealed_column(nullable=True)
    remark = Sealed()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (read once by SQLAlchemy)
