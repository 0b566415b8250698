"""What specialists keep beside the record: looks, assignments, snoozed findings, saved filters."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cdi.storage.tables.base import ID_LENGTH, Base, Identified

_ID = String(ID_LENGTH)


class LookRow(Identified, Base):
    """When a user last looked at an encounter, and when before that sitting.

    ``before_at`` is what "since you last looked" counts from; None: never before.
    """

    __tablename__ = "looks"
    __table_args__ = (UniqueConstraint("user_id", "encounter_id"),)

    user_id: Mapped[str] = mapped_column(_ID, ForeignKey("users.id"))
    encounter_id: Mapped[str] = mapped_column(_ID, ForeignKey("encounters.id"))
    looked_at: Mapped[datetime]
    before_at: Mapped[datetime | None]


class AssignmentRow(Identified, Base):
    """Who works an encounter; one at a time."""

    __tablename__ = "assignments"
    __table_args__ = (Index(None, "facility_id", "user_id"),)

    encounter_id: Mapped[str] = mapped_column(_ID, ForeignKey("encounters.id"), unique=True)
    facility_id: Mapped[str] = mapped_column(_ID, ForeignKey("facilities.id"))
    user_id: Mapped[str] = mapped_column(_ID, ForeignKey("users.id"))
    assigned_at: Mapped[datetime]
    assigned_by: Mapped[str] = mapped_column(_ID)


class SnoozeRow(Identified, Base):
    """A finding put off until a moment; it comes back sooner if it changes (``content_hash``)."""

    __tablename__ = "snoozes"
    __table_args__ = (Index(None, "facility_id", "until"),)

    finding_id: Mapped[str] = mapped_column(_ID, ForeignKey("findings.id"), unique=True)
    facility_id: Mapped[str] = mapped_column(_ID, ForeignKey("facilities.id"))
    until: Mapped[datetime]
    content_hash: Mapped[str] = mapped_column(String(64))
    snoozed_by: Mapped[str] = mapped_column(_ID)


class SavedFilterRow(Identified, Base):
    """A filter of the worklist under a name; ``content`` holds ids and names of the catalogue."""

    __tablename__ = "saved_filters"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    user_id: Mapped[str] = mapped_column(_ID, ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(60))
    content: Mapped[dict[str, Any]]
