"""Final codes of stays, as the coding system has them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from cdi.domain.query import PresentOnAdmission
from cdi.storage.tables.base import ID_LENGTH, Base, Identified, Word

_ID = String(ID_LENGTH)


class FinalCodeRow(Identified, Base):
    """One code of a stay. A later import sets ``superseded_at`` and adds its own."""

    __tablename__ = "final_codes"
    __table_args__ = (
        Index(None, "encounter_id", "superseded_at"),
        Index(None, "facility_id", "imported_at"),
    )

    facility_id: Mapped[str] = mapped_column(_ID, ForeignKey("facilities.id"))
    encounter_id: Mapped[str] = mapped_column(_ID, ForeignKey("encounters.id"))
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(10))
    poa: Mapped[PresentOnAdmission | None] = mapped_column(Word(PresentOnAdmission))
    imported_at: Mapped[datetime]
    imported_by: Mapped[str] = mapped_column(_ID)
    superseded_at: Mapped[datetime | None]
