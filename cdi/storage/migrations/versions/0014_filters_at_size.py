"""Indexes of the worklist's filters and of the inbox: what is open, and who is asked what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_OPEN = sa.text("state = 'open'")
_FINDINGS = {
    "ix_findings_open": ["facility_id", "rank", "id"],
    "ix_findings_open_condition": ["facility_id", "condition", "rank", "id"],
}
_AWAITING = sa.text("state IN ('sent', 'viewed', 'escalated')")
_ASKED = {
    "ix_queries_asked": ["recipient_id", "due_at", "id"],
    "ix_queries_escalated": ["escalated_to"],
}
_SERVICE = "ix_encounters_facility_id_service_id"


def upgrade() -> None:
    """Bring the tables forward."""
    for name, columns in _FINDINGS.items():
        op.create_index(
            name,
            "findings",
            columns,
            postgresql_include=["encounter_id"],
            postgresql_where=_OPEN,
            sqlite_where=_OPEN,
        )
    for name, columns in _ASKED.items():
        op.create_index(
            name, "queries", columns, postgresql_where=_AWAITING, sqlite_where=_AWAITING
        )
    op.create_index(_SERVICE, "encounters", ["facility_id", "service", "id"])


def downgrade() -> None:
    """Take the tables back."""
    op.drop_index(_SERVICE, table_name="encounters")
    for name in _ASKED:
        op.drop_index(name, table_name="queries")
    for name in _FINDINGS:
        op.drop_index(name, table_name="findings")
