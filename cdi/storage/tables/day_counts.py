"""Days that are over, counted once, and what has to be counted anew since."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from cdi.storage.tables.base import ID_LENGTH, Base

_ID = String(ID_LENGTH)


class DayCountRow(Base):
    """What was sent, reviewed and raised at a facility on one day, counted at a moment.

    It holds from ``counted_at`` until ``holds_until``, when the next query of the day falls due,
    and as long as nothing of the day has changed, which a :class:`RecountRow` tells. The counts
    are the plain values of :mod:`cdi.storage.counting`.
    """

    __tablename__ = "day_counts"

    facility_id: Mapped[str] = mapped_column(_ID, ForeignKey("facilities.id"), primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)
    ends_at: Mapped[datetime]
    counted_at: Mapped[datetime]
    holds_until: Mapped[datetime | None]
    queries: Mapped[dict[str, Any]]
    questions: Mapped[list[Any]]
    stays: Mapped[list[Any]]
    findings: Mapped[list[Any]]


class RecountRow(Base):
    """That something which is counted at a moment has changed; written by triggers.

    A row of its own for each change, so that nobody who writes waits for another.
    """

    __tablename__ = "recounts"
    __table_args__ = (Index(None, "facility_id", "at"),)

    number: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True
    )
    facility_id: Mapped[str] = mapped_column(_ID)
    at: Mapped[datetime]
