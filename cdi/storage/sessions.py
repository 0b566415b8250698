"""Login sessions and attempts to log in. Of tokens and links only hashes are kept."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from cdi.domain.actor import StaffRole
from cdi.storage.tables import (
    LoginAttemptRow,
    MembershipRow,
    SessionRow,
    UsedLinkRow,
    UserRow,
)


def hash_token(token: str) -> str:
    """Return what is stored of a token: it is long and random, so that a plain hash will do."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def find_session(session: Session, token: str) -> SessionRow | None:
    """Return a login session by its token, ended ones too."""
    statement = select(SessionRow).where(SessionRow.token_hash == hash_token(token))
    return session.scalars(statement).one_or_none()


def find_login(
    session: Session, token: str
) -> tuple[SessionRow, UserRow, list[tuple[str, StaffRole]]] | None:
    """Return a login session by its token, ended ones too, with its user and the roles they hold.

    One statement: it stands before every request.
    """
    statement = (
        select(SessionRow, UserRow, MembershipRow.facility_id, MembershipRow.role)
        .join(UserRow, UserRow.id == SessionRow.user_id)
        .outerjoin(MembershipRow, MembershipRow.user_id == UserRow.id)
        .where(SessionRow.token_hash == hash_token(token))
    )
    rows = session.execute(statement).all()
    if not rows:
        return None
    held = [(facility_id, role) for _, _, facility_id, role in rows if facility_id]
    return rows[0][0], rows[0][1], held


def sessions_of(session: Session, user_id: str, now: datetime) -> list[SessionRow]:
    """Return the sessions of a user that have neither ended nor been revoked, newest first."""
    statement = select(SessionRow).where(
        SessionRow.user_id == user_id, SessionRow.revoked_at.is_(None), SessionRow.ends_at > now
    )
    return list(session.scalars(statement.order_by(SessionRow.id.desc())))


def sessions_behind(session: Session, provider_session: str, now: datetime) -> list[SessionRow]:
    """Return the open sessions that a session at the identity provider is behind."""
    statement = select(SessionRow).where(
        SessionRow.provider_session == hash_token(provider_session),
        SessionRow.revoked_at.is_(None),
        SessionRow.ends_at > now,
    )
    return list(session.scalars(statement))


def sessions_of_many(
    session: Session, user_ids: Collection[str], now: datetime
) -> dict[str, list[datetime]]:
    """Return when each open session of some users was last seen, by user."""
    statement = select(SessionRow.user_id, SessionRow.last_seen_at).where(
        SessionRow.user_id.in_(user_ids),
        SessionRow.revoked_at.is_(None),
        SessionRow.ends_at > now,
    )
    found: dict[str, list[datetime]] = {}
    for user_id, seen in session.execute(statement):
        found.setdefault(user_id, []).append(seen)
    return found


def revoke_sessions_of(session: Session, user_id: str, now: datetime) -> int:
    """End all sessions of a user; return how many there were."""
    open_ones = sessions_of(session, user_id, now)
    session.execute(
        update(SessionRow)
        .where(SessionRow.id.in_([row.id for row in open_ones]))
        .values(revoked_at=now)
    )
    return len(open_ones)


def count_failures(
    session: Session, since: datetime, *, login: str, address: str
) -> tuple[int, int]:
    """Return the failed attempts since a moment, of a login and from an address."""
    failed = select(func.count()).where(
        LoginAttemptRow.at > since, LoginAttemptRow.succeeded.is_(False)
    )
    by_login = session.scalar(failed.where(LoginAttemptRow.login == login)) or 0
    by_address = session.scalar(failed.where(LoginAttemptRow.address == address)) or 0
    return by_login, by_address


def add_attempt(
    session: Session, login: str, address: str, at: datetime, *, succeeded: bool
) -> None:
    """Note an attempt; a success forgives the failures of its login before it."""
    if succeeded:
        session.execute(
            delete(LoginAttemptRow).where(
                LoginAttemptRow.login == login, LoginAttemptRow.succeeded.is_(False)
            )
        )
    session.add(LoginAttemptRow(login=login, address=address, at=at, succeeded=succeeded))


def use_once(session: Session, nonce: str, now: datetime) -> bool:
    """Mark what may be used once (a link, a login under way) as used; tell whether it was new.

    Of two that come at the same moment one waits for the other and is told no.
    """
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(UsedLinkRow).values(nonce_hash=hash_token(nonce), used_at=now)
    inserted = session.scalars(
        statement.on_conflict_do_nothing().returning(UsedLinkRow.nonce_hash)
    ).all()
    return bool(inserted)


def forget_used(session: Session, before: datetime) -> None:
    """Delete marks of what has expired since and could not be used anyway."""
    session.execute(delete(UsedLinkRow).where(UsedLinkRow.used_at < before))


def forget_attempts(session: Session, before: datetime) -> None:
    """Delete attempts to log in that are too old to throttle anybody."""
    session.execute(delete(LoginAttemptRow).where(LoginAttemptRow.at < before))


def forget_sessions(session: Session, before: datetime) -> None:
    """Delete sessions that ended long ago; the audit trail keeps that they were opened."""
    session.execute(delete(SessionRow).where(SessionRow.ends_at < before))
