"""Which session at the identity provider is behind a login session."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.add_column("sessions", sa.Column("provider_session", sa.String(length=64), nullable=True))
    op.create_index(op.f("ix_sessions_provider_session"), "sessions", ["provider_session"])


def downgrade() -> None:
    """Take the tables back."""
    op.drop_index(op.f("ix_sessions_provider_session"), table_name="sessions")
    op.drop_column("sessions", "provider_session")
