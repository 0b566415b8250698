"""The record as it was received: patients, encounters, notes in versions, values, drugs."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    literal_column,
)
from sqlalchemy.orm import Mapped, mapped_column

from cdi.domain.encounter import NoteStatus, ObservationStatus, Role
from cdi.storage.sealed import Sealed, sealed_column
from cdi.storage.tables.base import ID_LENGTH, Base, Identified, Word

_ID = String(ID_LENGTH)
_SOURCE = String(200)


class PatientRow(Identified, Base):
    """A person as one facility knows them; ``number`` is the medical record number."""

    __tablename__ = "patients"
    __table_args__ = (UniqueConstraint("facility_id", "number"),)

    facility_id: Mapped[str] = mapped_column(_ID, ForeignKey("facilities.id"))
    number: Mapped[str] = mapped_column(_SOURCE)
    birth_date: Mapped[date | None]
    sex: Mapped[str | None] = mapped_column(String(20))
    name_sealed: Mapped[bytes] = sealed_column()
    name = Sealed()


UNREVIEWED: ColumnElement[bool] = literal_column(
    "(reviewed_at IS NULL OR reviewed_at < changed_at)", Boolean
)
"""What waits for a review; as text, so that the index of the same words serves."""


class EncounterRow(Identified, Base):
    """A stay or visit; ``number`` is what the record system calls it.

    ``asked_at`` is when its first query was sent.

    ``content`` is the domain record as JSON without its notes, observations and medications.
    """

    __tablename__ = "encounters"
    __table_args__ = (
        UniqueConstraint("facility_id", "number"),
        Index(None, "facility_id", "discharged_at"),
        Index(None, "facility_id", "reviewed_at"),
        Index(None, "facility_id", "service", "id"),
        Index(
            "ix_encounters_unreviewed",
            "changed_at",
            postgresql_where=UNREVIEWED,
            sqlite_where=UNREVIEWED,
        ),
    )

    facility_id: Mapped[str] = mapped_column(_ID, ForeignKey("facilities.id"))
    number: Mapped[str] = mapped_column(_SOURCE)
    patient_id: Mapped[str | None] = mapped_column(_ID, ForeignKey("patients.id"), index=True)
    service: Mapped[str] = mapped_column(String(200), default="")
    admitted_at: Mapped[datetime | None]
    discharged_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    reviewed_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()
    content_sealed: Mapped[bytes] = sealed_column()
    content = Sealed()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (read once by SQLAlchemy)


class NoteRow(Identified, Base):
    """One version of a note. The newest has no ``superseded_at``; none is ever changed.

    ``content`` is the domain record as JSON, text included; ``text_hash`` proves the text.
    """

    __tablename__ = "notes"
    __table_args__ = (
        UniqueConstraint("encounter_id", "number", "revision"),
        Index(
            "uq_notes_current",
            "encounter_id",
            "number",
            unique=True,
            postgresql_where=literal_column("superseded_at IS NULL"),
            sqlite_where=literal_column("superseded_at IS NULL"),
        ),
    )

    encounter_id: Mapped[str] = mapped_column(_ID, ForeignKey("encounters.id"))
    number: Mapped[str] = mapped_column(_SOURCE)
    revision: Mapped[int]
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(200))
    author_id: Mapped[str] = mapped_column(_SOURCE)
    role: Mapped[Role] = mapped_column(Word(Role))
    status: Mapped[NoteStatus] = mapped_column(Word(NoteStatus))
    recorded_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    text_hash: Mapped[str] = mapped_column(String(64))
    content_hash: Mapped[str] = mapped_column(String(64))
    content_sealed: Mapped[bytes] = sealed_column()
    content = Sealed()


class ObservationRow(Identified, Base):
    """A measured value as last received; ``content`` is the domain record as JSON.

    ``received_at`` is when it came or changed; None for those from before it was kept.
    """

    __tablename__ = "observations"
    __table_args__ = (UniqueConstraint("encounter_id", "number"),)

    encounter_id: Mapped[str] = mapped_column(_ID, ForeignKey("encounters.id"))
    number: Mapped[str] = mapped_column(_SOURCE)
    position: Mapped[int]
    analyte: Mapped[str] = mapped_column(String(200))
    status: Mapped[ObservationStatus] = mapped_column(Word(ObservationStatus))
    observed_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    content_hash: Mapped[str] = mapped_column(String(64))
    content_sealed: Mapped[bytes] = sealed_column()
    content = Sealed()


class MedicationRow(Identified, Base):
    """A drug ordered or given, as last received; ``content`` is the domain record as JSON."""

    __tablename__ = "medications"
    __table_args__ = (UniqueConstraint("encounter_id", "number"),)

    encounter_id: Mapped[str] = mapped_column(_ID, ForeignKey("encounters.id"))
    number: Mapped[str] = mapped_column(_SOURCE)
    position: Mapped[int]
    started_at: Mapped[datetime | None]
    content_hash: Mapped[str] = mapped_column(String(64))
    content_sealed: Mapped[bytes] = sealed_column()
    content = Sealed()
