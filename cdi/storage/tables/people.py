"""Users, their roles, care teams, cover, sessions, tokens of machines, attempts to log in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cdi.domain.actor import StaffRole
from cdi.storage.tables.base import ID_LENGTH, Base, Identified, Word

_ID = String(ID_LENGTH)


class UserRow(Identified, Base):
    """A person or service account.

    ``provider_id`` is what the record system calls the person, ``subject`` what the identity
    provider does, ``schedule`` the working hours in the form of ``cdi.domain.policy``.
    """

    __tablename__ = "users"

    login: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(320), default="")
    provider_id: Mapped[str | None] = mapped_column(String(80), unique=True)
    subject: Mapped[str | None] = mapped_column(String(320), unique=True)
    service: Mapped[str] = mapped_column(String(80), default="")
    schedule: Mapped[str] = mapped_column(String(400), default="")
    password_hash: Mapped[str] = mapped_column(String(300), default="")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class MembershipRow(Identified, Base):
    """A role of a user at a facility."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("user_id", "facility_id", "role"),)

    user_id: Mapped[str] = mapped_column(_ID, ForeignKey("users.id"), index=True)
    facility_id: Mapped[str] = mapped_column(_ID, ForeignKey("facilities.id"), index=True)
    role: Mapped[StaffRole] = mapped_column(Word(StaffRole))


class CareTeamRow(Identified, Base):
    """A user's part in the care of an encounter ("attending", "consulting"), open if no end."""

    __tablename__ = "care_teams"
    __table_args__ = (UniqueConstraint("encounter_id", "user_id", "part"),)

    encounter_id: Mapped[str] = mapped_column(_ID, ForeignKey("encounters.id"), index=True)
    user_id: Mapped[str] = mapped_column(_ID, ForeignKey("users.id"), index=True)
    part: Mapped[str] = mapped_column(String(40))
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class CoverRow(Identified, Base):
    """Who answers for an absent user, from when to when."""

    __tablename__ = "covers"
    __table_args__ = (Index(None, "user_id", "ends_at"),)

    user_id: Mapped[str] = mapped_column(_ID, ForeignKey("users.id"))
    covered_by: Mapped[str] = mapped_column(_ID, ForeignKey("users.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class EmergencyRow(Identified, Base):
    """Access to an encounter outside the care team, with its reason and its end (break-glass)."""

    __tablename__ = "emergency_accesses"
    __table_args__ = (Index(None, "user_id", "ends_at"),)

    user_id: Mapped[str] = mapped_column(_ID, ForeignKey("users.id"))
    encounter_id: Mapped[str] = mapped_column(_ID, ForeignKey("encounters.id"))
    reason: Mapped[str] = mapped_column(String(400))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class SessionRow(Identified, Base):
    """A login session. Only the hash of its token is kept.

    ``confirmed_at`` is when the user last proved who they are, ``method`` how ("password", "oidc").
    ``provider_session`` is the hash of what the identity provider calls its session behind this.
    """

    __tablename__ = "sessions"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[str] = mapped_column(_ID, ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    method: Mapped[str] = mapped_column(String(20), default="", server_default="")
    provider_session: Mapped[str | None] = mapped_column(String(64), index=True)


class ServiceTokenRow(Identified, Base):
    """What one machine may do at one facility: ``verbs`` of the permissions. Kept as a hash.

    A machine that signs its calls itself (CDS Hooks) has no token but an ``issuer``, whose keys
    are at ``jwks_url``.
    """

    __tablename__ = "service_tokens"

    name: Mapped[str] = mapped_column(String(80))
    facility_id: Mapped[str] = mapped_column(_ID, ForeignKey("facilities.id"), index=True)
    verbs: Mapped[list[Any]]
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    issuer: Mapped[str | None] = mapped_column(String(320), unique=True)
    jwks_url: Mapped[str] = mapped_column(String(400), default="")
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(_ID)
    ends_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class LoginAttemptRow(Identified, Base):
    """One attempt to log in, for throttling across processes."""

    __tablename__ = "login_attempts"
    __table_args__ = (Index(None, "login", "at"), Index(None, "address", "at"))

    login: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    succeeded: Mapped[bool]


class UsedLinkRow(Base):
    """A one-use link that was used; its nonce is kept as a hash until the link has expired."""

    __tablename__ = "used_links"

    nonce_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_at: Mapped[datetime] = mapped_column(index=True)
