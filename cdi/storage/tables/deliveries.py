"""The outbox, who listens to it, and the keys of requests that were already carried out."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnClause,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    literal_column,
)
from sqlalchemy.orm import Mapped, mapped_column

from cdi.storage.sealed import Sealed, sealed_column
from cdi.storage.tables.base import ID_LENGTH, Base, Identified, Word

_ID = String(ID_LENGTH)
_OPEN: ColumnClause[Any] = literal_column("state IN ('waiting', 'leased')")
UNDELIVERED: ColumnElement[bool] = literal_column("state <> 'delivered'", Boolean)
"""What has not arrived; as text, so that the index of the same words serves."""


class DeliveryKind(StrEnum):
    """By what a delivery travels."""

    EMAIL = "email"
    WEBHOOK = "webhook"
    HL7 = "hl7"
    FHIR = "fhir"


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    WAITING = "waiting"
    LEASED = "leased"
    DELIVERED = "delivered"
    FAILED = "failed"


class DeliveryRow(Identified, Base):
    """One message to go out, written in the transaction of what it tells of.

    Its id is the message id and stays the same through all attempts, so that a receiver can tell
    a repetition. ``content`` is sealed; ``error`` is a code, never the words of the other side.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("ix_deliveries_due", "due_at", postgresql_where=_OPEN, sqlite_where=_OPEN),
        # What an administrator looks at: few rows of very many.
        Index(
            "ix_deliveries_undelivered",
            "facility_id",
            "state",
            "id",
            postgresql_where=UNDELIVERED,
            sqlite_where=UNDELIVERED,
        ),
    )

    facility_id: Mapped[str] = mapped_column(_ID, ForeignKey("facilities.id"))
    query_id: Mapped[str | None] = mapped_column(_ID, ForeignKey("queries.id"), index=True)
    kind: Mapped[DeliveryKind] = mapped_column(Word(DeliveryKind))
    topic: Mapped[str] = mapped_column(String(80))
    target: Mapped[str] = mapped_column(String(400))
    state: Mapped[DeliveryState] = mapped_column(Word(DeliveryState), default=DeliveryState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(80), default="")
    content_sealed: Mapped[bytes] = sealed_column()
    content = Sealed()


class SubscriptionRow(Identified, Base):
    """A webhook: who hears of which topics of a facility, signed with a shared secret."""

    __tablename__ = "subscriptions"

    facility_id: Mapped[str] = mapped_column(_ID, ForeignKey("facilities.id"), index=True)
    address: Mapped[str] = mapped_column(String(400))
    topics: Mapped[list[Any]]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    secret_sealed: Mapped[bytes] = sealed_column()
    secret = Sealed()


class RequestRow(Base):
    """A write that was carried out under an idempotency key, with what was answered."""

    __tablename__ = "requests"

    actor_id: Mapped[str] = mapped_column(_ID, primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(index=True)
    receipt: Mapped[dict[str, Any]] = mapped_column(default=dict)
