"""The audit trail: append-only rows, each chained to the one before."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from cdi.storage.tables.base import ID_LENGTH, Base

_ID = String(ID_LENGTH)


class EventRow(Base):
    """One thing that was done or seen.

    Triggers refuse every change; the chain shows those made behind their back. ``detail`` is
    canonical JSON of ids, codes and hashes.
    """

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_subject", "subject_id", "number"),
        Index("ix_events_encounter", "encounter_id", "number"),
        Index("ix_events_actor", "actor_id", "number"),
        Index("ix_events_facility", "facility_id", "number"),
    )

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor_id: Mapped[str] = mapped_column(_ID)
    verb: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(_ID)
    facility_id: Mapped[str | None] = mapped_column(_ID)
    encounter_id: Mapped[str | None] = mapped_column(_ID)
    detail: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(String(64))
    mac: Mapped[str] = mapped_column(String(64))


class ChainHeadRow(Base):
    """The last link. Its row lock puts all who append in line."""

    __tablename__ = "chain_head"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger)
    mac: Mapped[str] = mapped_column(String(64))
