"""Tokens of machines, and how a session was confirmed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    """Bring the tables forward."""
    method = sa.Column("method", sa.String(20), nullable=False, server_default="")
    op.add_column("sessions", method)
    op.create_table(
        "service_tokens",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("facility_id", sa.String(32), nullable=False),
        sa.Column("verbs", _JSON, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=True),
        sa.Column("issuer", sa.String(320), nullable=True),
        sa.Column("jwks_url", sa.String(400), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(32), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facilities.id"], name=op.f("fk_service_tokens_facility_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_tokens")),
        sa.UniqueConstraint("issuer", name=op.f("uq_service_tokens_issuer")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_service_tokens_token_hash")),
    )
    op.create_index(op.f("ix_service_tokens_facility_id"), "service_tokens", ["facility_id"])


def downgrade() -> None:
    """Take the tables back."""
    op.drop_table("service_tokens")
    with op.batch_alter_table("sessions") as table:
        table.drop_column("method")
