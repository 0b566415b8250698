"""Tokens of machines: found by hash or by issuer, listed by facility."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdi.storage.sessions import hash_token
from cdi.storage.tables import ServiceTokenRow


def find_service_token(session: Session, token: str) -> ServiceTokenRow | None:
    """Return what is kept of a token, ended and revoked ones too."""
    statement = select(ServiceTokenRow).where(ServiceTokenRow.token_hash == hash_token(token))
    return session.scalars(statement).one_or_none()


def find_issuer(session: Session, issuer: str) -> ServiceTokenRow | None:
    """Return the machine that signs as this issuer, ended and revoked ones too."""
    statement = select(ServiceTokenRow).where(ServiceTokenRow.issuer == issuer)
    return session.scalars(statement).one_or_none()


def service_tokens(
    session: Session, facility_ids: Collection[str], now: datetime
) -> list[ServiceTokenRow]:
    """Return the tokens of some facilities that can still be used, newest first."""
    statement = select(ServiceTokenRow).where(
        ServiceTokenRow.facility_id.in_(facility_ids),
        ServiceTokenRow.revoked_at.is_(None),
        ServiceTokenRow.ends_at > now,
    )
    return list(session.scalars(statement.order_by(ServiceTokenRow.id.desc())))
