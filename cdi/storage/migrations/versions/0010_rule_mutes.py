"""Rules that a facility has muted, and findings by when they were raised."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_STANDING = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "rule_mutes",
        sa.Column("facility_id", sa.String(length=32), nullable=False),
        sa.Column("condition", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("muted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("muted_by", sa.String(length=32), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=32), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facilities.id"], name=op.f("fk_rule_mutes_facility_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_mutes")),
    )
    op.create_index(
        "uq_rule_mutes_standing",
        "rule_mutes",
        ["facility_id", "condition", "name"],
        unique=True,
        postgresql_where=_STANDING,
        sqlite_where=_STANDING,
    )
    op.create_index(
        op.f("ix_findings_facility_id_raised_at"), "findings", ["facility_id", "raised_at"]
    )


def downgrade() -> None:
    """Take the tables back."""
    op.drop_index(op.f("ix_findings_facility_id_raised_at"), table_name="findings")
    op.drop_table("rule_mutes")
