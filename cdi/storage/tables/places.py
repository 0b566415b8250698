"""Facilities and the policies they work by."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from cdi.storage.tables.base import ID_LENGTH, Base, Identified


class FacilityRow(Identified, Base):
    """A hospital or clinic. Everything of patients belongs to exactly one."""

    __tablename__ = "facilities"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))


class PolicyRow(Identified, Base):
    """The policy of a facility from a moment on; older ones stay for later questions."""

    __tablename__ = "policies"

    facility_id: Mapped[str] = mapped_column(
        String(ID_LENGTH), ForeignKey("facilities.id"), index=True
    )
    valid_from: Mapped[datetime]
    content: Mapped[dict[str, Any]]
    changed_by: Mapped[str] = mapped_column(String(ID_LENGTH))
