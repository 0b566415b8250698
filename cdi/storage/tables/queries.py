"""Queries with their questions, the versions of their letters, and the answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    literal_column,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cdi.domain.finding import Priority, QueryType
from cdi.domain.letter import Channel, OptionKind
from cdi.domain.query import Outcome, QueryState
from cdi.domain.reasons import EndReason, OverrideReason
from cdi.storage.sealed import Sealed, sealed_column
from cdi.storage.tables.base import ID_LENGTH, Base, Identified, Word

_ID = String(ID_LENGTH)
AWAITED: ColumnElement[bool] = literal_column("state IN ('sent', 'viewed', 'escalated')", Boolean)
"""What waits for an answer; as text, so that the indexes of the same words serve."""


class QueryRow(Identified, Base):
    """A letter's worth of questions to one physician about one encounter, through its life.

    ``working_minutes`` is the working time of the recipient from sending to answer.
    """

    __tablename__ = "queries"
    __table_args__ = (
        Index("ix_queries_worklist", "facility_id", "state", "id"),
        Index("ix_queries_inbox", "recipient_id", "state", "id"),
        Index("ix_queries_encounter", "encounter_id", "id"),
        Index("ix_queries_sent", "facility_id", "sent_at"),
        Index("ix_queries_recipient_sent", "recipient_id", "sent_at"),
        Index(
            "ix_queries_waiting",
            "facility_id",
            "id",
            postgresql_where=AWAITED,
            sqlite_where=AWAITED,
        ),
        # How long they have waited, counted from the index alone.
        Index(
            "ix_queries_ages",
            "facility_id",
            "sent_at",
            postgresql_include=["due_at"],
            postgresql_where=AWAITED,
            sqlite_where=AWAITED,
        ),
        # What a physician is asked, due first: as recipient, and by escalation.
        Index(
            "ix_queries_asked",
            "recipient_id",
            "due_at",
            "id",
            postgresql_where=AWAITED,
            sqlite_where=AWAITED,
        ),
        Index(
            "ix_queries_escalated",
            "escalated_to",
            postgresql_where=AWAITED,
            sqlite_where=AWAITED,
        ),
        # What the sweeps for reminders, escalation and expiry look for.
        Index(
            "ix_queries_next_step",
            "next_step_at",
            postgresql_where=AWAITED,
            sqlite_where=AWAITED,
        ),
    )

    facility_id: Mapped[str] = mapped_column(_ID, ForeignKey("facilities.id"))
    encounter_id: Mapped[str] = mapped_column(_ID, ForeignKey("encounters.id"))
    state: Mapped[QueryState] = mapped_column(Word(QueryState))
    channel: Mapped[Channel] = mapped_column(Word(Channel), default=Channel.LETTER)
    retrospective: Mapped[bool] = mapped_column(default=False)
    priority: Mapped[Priority] = mapped_column(Word(Priority))
    service: Mapped[str] = mapped_column(String(80), default="")
    recipient_id: Mapped[str | None] = mapped_column(_ID, ForeignKey("users.id"))
    routed_by: Mapped[str] = mapped_column(String(40), default="")
    owner_id: Mapped[str] = mapped_column(_ID)
    letter_revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(_ID)
    sent_at: Mapped[datetime | None]
    viewed_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    next_step_at: Mapped[datetime | None]
    reminders: Mapped[int] = mapped_column(default=0)
    escalated_at: Mapped[datetime | None]
    escalated_to: Mapped[str | None] = mapped_column(_ID, ForeignKey("users.id"))
    answered_at: Mapped[datetime | None]
    working_minutes: Mapped[int | None]
    verified_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[EndReason | None] = mapped_column(Word(EndReason))
    end_remark_sealed: Mapped[bytes | None] = sealed_column(nullable=True)
    end_remark = Sealed()
    version: Mapped[int] = mapped_column()

    questions: Mapped[list[QuestionRow]] = relationship(
        order_by="QuestionRow.position", lazy="selectin", cascade="all"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (read once by SQLAlchemy)


class QuestionRow(Identified, Base):
    """One question of a query. ``asked_once`` is unique while it may not be asked again.

    Facility and time of sending are copied from the query, so that the figures of a month are
    counted without looking for the query of each question.
    """

    __tablename__ = "questions"
    __table_args__ = (
        UniqueConstraint("query_id", "position"),
        Index(None, "facility_id", "sent_at"),
    )

    query_id: Mapped[str] = mapped_column(_ID, ForeignKey("queries.id"))
    facility_id: Mapped[str] = mapped_column(_ID)
    sent_at: Mapped[datetime | None]
    position: Mapped[int]
    finding_id: Mapped[str | None] = mapped_column(_ID, ForeignKey("findings.id"), index=True)
    condition: Mapped[str] = mapped_column(String(80), index=True)
    name: Mapped[str] = mapped_column(String(80))
    type: Mapped[QueryType] = mapped_column(Word(QueryType))
    outcome: Mapped[Outcome | None] = mapped_column(Word(Outcome))
    asked_once: Mapped[str | None] = mapped_column(String(240), unique=True)


class LetterRow(Identified, Base):
    """One version of a query's letter: questions, text and HTML as JSON, sealed.

    ``content_hash`` also stands in the events of the version, so that a change of either shows.
    """

    __tablename__ = "letters"
    __table_args__ = (UniqueConstraint("query_id", "revision"),)

    query_id: Mapped[str] = mapped_column(_ID, ForeignKey("queries.id"))
    revision: Mapped[int]
    written_at: Mapped[datetime]
    written_by: Mapped[str] = mapped_column(_ID)
    content_hash: Mapped[str] = mapped_column(String(64))
    pack_version: Mapped[str] = mapped_column(String(80))
    violations: Mapped[list[Any]]
    override_by: Mapped[str | None] = mapped_column(_ID)
    override_reason: Mapped[OverrideReason | None] = mapped_column(Word(OverrideReason))
    override_remark_sealed: Mapped[bytes | None] = sealed_column(nullable=True)
    override_remark = Sealed()
    content_sealed: Mapped[bytes] = sealed_column()
    content = Sealed()


class ResponseRow(Identified, Base):
    """The signed reply to a query: one, whoever comes first."""

    __tablename__ = "responses"

    query_id: Mapped[str] = mapped_column(_ID, ForeignKey("queries.id"), unique=True)
    letter_revision: Mapped[int]
    answered_by: Mapped[str] = mapped_column(_ID, ForeignKey("users.id"), index=True)
    recorded_by: Mapped[str] = mapped_column(_ID)
    answered_at: Mapped[datetime]
    signature: Mapped[str] = mapped_column(String(64))
    addendum_hash: Mapped[str] = mapped_column(String(64))
    addendum_sealed: Mapped[bytes] = sealed_column()
    addendum = Sealed()

    answers: Mapped[list[AnswerRow]] = relationship(
        order_by="AnswerRow.position", lazy="selectin", cascade="all"
    )


class AnswerRow(Identified, Base):
    """The answer to one question; ``option`` is None for words of the physician's own."""

    __tablename__ = "answers"
    __table_args__ = (UniqueConstraint("response_id", "position"),)

    response_id: Mapped[str] = mapped_column(_ID, ForeignKey("responses.id"))
    question_id: Mapped[str] = mapped_column(_ID, ForeignKey("questions.id"), unique=True)
    position: Mapped[int]
    option: Mapped[int | None]
    kind: Mapped[OptionKind | None] = mapped_column(Word(OptionKind))
    outcome: Mapped[Outcome] = mapped_column(Word(Outcome))
    words_sealed: Mapped[bytes] = sealed_column()
    words = Sealed()
