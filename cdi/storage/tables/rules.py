"""Rules that a facility has muted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnClause, ForeignKey, Index, String, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from cdi.storage.tables.base import ID_LENGTH, Base, Identified

_ID = String(ID_LENGTH)
_STANDING: ColumnClause[Any] = literal_column("ended_at IS NULL")


class RuleMuteRow(Identified, Base):
    """That a rule is silent at a facility from a moment on, why, and until when.

    ``reason`` is about the rule and holds nothing of a patient.
    """

    __tablename__ = "rule_mutes"
    __table_args__ = (
        Index(
            "uq_rule_mutes_standing",
            "facility_id",
            "condition",
            "name",
            unique=True,
            postgresql_where=_STANDING,
            sqlite_where=_STANDING,
        ),
    )

    facility_id: Mapped[str] = mapped_column(_ID, ForeignKey("facilities.id"))
    condition: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(400))
    muted_at: Mapped[datetime]
    muted_by: Mapped[str] = mapped_column(_ID)
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(_ID)
