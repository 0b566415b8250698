"""The service of a finding's encounter beside it, and what waits counted from an index alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_OPEN = sa.text("state = 'open'")
_AWAITING = sa.text("state IN ('sent', 'viewed', 'escalated')")
_SERVICE, _AGES = "ix_findings_open_service", "ix_queries_ages"


def upgrade() -> None:
    """Bring the tables forward."""
    column = sa.Column("service", sa.String(length=200), server_default="", nullable=False)
    op.add_column("findings", column)
    op.execute(
        "UPDATE findings SET service = encounters.service FROM encounters "
        "WHERE encounters.id = findings.encounter_id AND encounters.service <> ''"
    )
    op.create_index(
        _SERVICE,
        "findings",
        ["facility_id", "service", "rank", "id"],
        postgresql_include=["encounter_id", "condition"],
        postgresql_where=_OPEN,
        sqlite_where=_OPEN,
    )
    op.create_index(
        _AGES,
        "queries",
        ["facility_id", "sent_at"],
        postgresql_include=["due_at"],
        postgresql_where=_AWAITING,
        sqlite_where=_AWAITING,
    )


def downgrade() -> None:
    """Take the tables back."""
    op.drop_index(_AGES, table_name="queries")
    op.drop_index(_SERVICE, table_name="findings")
    op.drop_column("findings", "service")
