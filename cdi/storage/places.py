"""Facilities by their codes."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdi.storage.tables import FacilityRow


def find_facility(session: Session, code: str) -> FacilityRow | None:
    """Return the facility with a code, None if there is none."""
    return session.scalar(select(FacilityRow).where(FacilityRow.code == code))


def all_facilities(session: Session) -> list[FacilityRow]:
    """Return every facility, by code."""
    return list(session.scalars(select(FacilityRow).order_by(FacilityRow.code)))
