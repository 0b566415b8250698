"""Indexes of work that waits: encounters to review, messages that have not arrived."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_UNREVIEWED = sa.text("(reviewed_at IS NULL OR reviewed_at < changed_at)")
_UNDELIVERED = sa.text("state <> 'delivered'")


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_index(
        "ix_encounters_unreviewed",
        "encounters",
        ["changed_at"],
        postgresql_where=_UNREVIEWED,
        sqlite_where=_UNREVIEWED,
    )
    op.create_index(
        "ix_deliveries_undelivered",
        "deliveries",
        ["facility_id", "state", "id"],
        postgresql_where=_UNDELIVERED,
        sqlite_where=_UNDELIVERED,
    )


def downgrade() -> None:
    """Take the indexes back."""
    op.drop_index("ix_deliveries_undelivered", "deliveries")
    op.drop_index("ix_encounters_unreviewed", "encounters")
