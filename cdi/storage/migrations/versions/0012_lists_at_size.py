"""Indexes that answer alone: what became of findings, and which queries wait, by facility."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_AWAITING = sa.text("state IN ('sent', 'viewed', 'escalated')")
_TOLD = ["condition", "name", "state", "reason", "id"]


def upgrade() -> None:
    """Bring the tables forward."""
    op.drop_index("ix_findings_facility_id_raised_at", table_name="findings")
    op.create_index(
        "ix_findings_raised", "findings", ["facility_id", "raised_at"], postgresql_include=_TOLD
    )
    op.create_index(
        "ix_queries_waiting",
        "queries",
        ["facility_id", "id"],
        postgresql_where=_AWAITING,
        sqlite_where=_AWAITING,
    )


def downgrade() -> None:
    """Take the tables back."""
    op.drop_index("ix_queries_waiting", table_name="queries")
    op.drop_index("ix_findings_raised", table_name="findings")
    op.create_index("ix_findings_facility_id_raised_at", "findings", ["facility_id", "raised_at"])
