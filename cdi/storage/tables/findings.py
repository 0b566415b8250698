"""Findings on the desk and each step of their history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnClause, ForeignKey, Index, String, UniqueConstraint, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from cdi.domain.finding import Priority, QueryType
from cdi.domain.query import FindingChange, FindingState
from cdi.domain.reasons import DismissalReason
from cdi.storage.sealed import Sealed, sealed_column
from cdi.storage.tables.base import ID_LENGTH, Base, Identified, Word

_ID = String(ID_LENGTH)
_OPEN: ColumnClause[Any] = literal_column("state = 'open'")


class FindingRow(Identified, Base):
    """What a rule says of an encounter, once for each rule, kept up to date by every review.

    ``content`` is the finding as plain JSON: pointers, names and explanation, no words of the
    record. ``weight`` is what it is worth for ranking alone; None where impact is switched off.
    ``service`` is that of its encounter, so that what is open in a service is read from an index.
    """

    __tablename__ = "findings"
    __table_args__ = (
        UniqueConstraint("encounter_id", "condition", "name"),
        # The worklist page: one facility, one state, most important first, then newest.
        Index("ix_findings_worklist", "facility_id", "state", "rank", "id"),
        # Its filters: what is open, by condition too, with the encounters to narrow further.
        Index(
            "ix_findings_open",
            "facility_id",
            "rank",
            "id",
            postgresql_include=["encounter_id"],
            postgresql_where=_OPEN,
            sqlite_where=_OPEN,
        ),
        Index(
            "ix_findings_open_condition",
            "facility_id",
            "condition",
            "rank",
            "id",
            postgresql_include=["encounter_id"],
            postgresql_where=_OPEN,
            sqlite_where=_OPEN,
        ),
        Index(
            "ix_findings_open_service",
            "facility_id",
            "service",
            "rank",
            "id",
            postgresql_include=["encounter_id", "condition"],
            postgresql_where=_OPEN,
            sqlite_where=_OPEN,
        ),
        # What became of findings is counted from the index alone.
        Index(
            "ix_findings_raised",
            "facility_id",
            "raised_at",
            postgresql_include=["condition", "name", "state", "reason", "id"],
        ),
    )

    facility_id: Mapped[str] = mapped_column(_ID, ForeignKey("facilities.id"))
    encounter_id: Mapped[str] = mapped_column(_ID, ForeignKey("encounters.id"))
    service: Mapped[str] = mapped_column(String(200), default="", server_default="")
    condition: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(80))
    type: Mapped[QueryType] = mapped_column(Word(QueryType))
    priority: Mapped[Priority] = mapped_column(Word(Priority))
    rank: Mapped[float]
    weight: Mapped[dict[str, Any] | None]
    rule_version: Mapped[int]
    state: Mapped[FindingState] = mapped_column(Word(FindingState))
    reason: Mapped[DismissalReason | None] = mapped_column(Word(DismissalReason))
    content: Mapped[dict[str, Any]]
    content_hash: Mapped[str] = mapped_column(String(64))
    raised_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    remark_sealed: Mapped[bytes | None] = sealed_column(nullable=True)
    remark = Sealed()
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (read once by SQLAlchemy)


class FindingHistoryRow(Identified, Base):
    """One change of a finding, with the finding as it was from then on."""

    __tablename__ = "finding_history"
    __table_args__ = (Index(None, "finding_id", "id"), Index(None, "change", "at"))

    finding_id: Mapped[str] = mapped_column(_ID, ForeignKey("findings.id"))
    at: Mapped[datetime]
    change: Mapped[FindingChange] = mapped_column(Word(FindingChange))
    actor_id: Mapped[str] = mapped_column(_ID)
    rule_version: Mapped[int]
    reason: Mapped[DismissalReason | None] = mapped_column(Word(DismissalReason))
    content: Mapped[dict[str, Any]]
    remark_sealed: Mapped[bytes | None] = sealed_column(nullable=True)
    remark = Sealed()
