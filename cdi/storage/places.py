"""Facilities by their codes."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdi.storage.tables import FacilityRow


def find_facility(session: Session, code: str) -> FacilityRow | None:
    """Return the facility with a code, None if there is none."""
    return session.scalar(select(FacilityRow).where(FacilityRow.code == code))


def all_facilities(session: Session) -> list[FacilityRow]:
    """Return every facility, by code."""
    return list(session.scalars(select(FacilityRow).order_by(FacilityRow.code)))


def facilities_by_id(session: Session, identifiers: Collection[str]) -> list[FacilityRow]:
    """Return these facilities, those that do not exist left out."""
    return list(session.scalars(select(FacilityRow).where(FacilityRow.id.in_(identifiers))))
