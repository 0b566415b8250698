"""The specialist's list: looks, assignments, snoozed findings, saved filters, when values came."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ID = sa.String(32)
_AT = sa.DateTime(timezone=True)
_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    """Bring the tables forward."""
    op.add_column("observations", sa.Column("received_at", _AT, nullable=True))
    op.create_index(
        op.f("ix_finding_history_change_at"), "finding_history", ["change", "at"], unique=False
    )
    op.create_table(
        "looks",
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("encounter_id", _ID, nullable=False),
        sa.Column("looked_at", _AT, nullable=False),
        sa.Column("before_at", _AT, nullable=True),
        sa.Column("id", _ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["encounter_id"], ["encounters.id"], name=op.f("fk_looks_encounter_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_looks_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_looks")),
        sa.UniqueConstraint("user_id", "encounter_id", name=op.f("uq_looks_user_id_encounter_id")),
    )
    op.create_table(
        "assignments",
        sa.Column("encounter_id", _ID, nullable=False),
        sa.Column("facility_id", _ID, nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("assigned_at", _AT, nullable=False),
        sa.Column("assigned_by", _ID, nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["encounter_id"], ["encounters.id"], name=op.f("fk_assignments_encounter_id")
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facilities.id"], name=op.f("fk_assignments_facility_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_assignments_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
        sa.UniqueConstraint("encounter_id", name=op.f("uq_assignments_encounter_id")),
    )
    op.create_index(
        op.f("ix_assignments_facility_id_user_id"), "assignments", ["facility_id", "user_id"]
    )
    op.create_table(
        "snoozes",
        sa.Column("finding_id", _ID, nullable=False),
        sa.Column("facility_id", _ID, nullable=False),
        sa.Column("until", _AT, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("snoozed_by", _ID, nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facilities.id"], name=op.f("fk_snoozes_facility_id")
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["findings.id"], name=op.f("fk_snoozes_finding_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snoozes")),
        sa.UniqueConstraint("finding_id", name=op.f("uq_snoozes_finding_id")),
    )
    op.create_index(op.f("ix_snoozes_facility_id_until"), "snoozes", ["facility_id", "until"])
    op.create_table(
        "saved_filters",
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("content", _JSON, nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_saved_filters_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filters")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_saved_filters_user_id_name")),
    )


def downgrade() -> None:
    """Take the tables back."""
    for name in ("saved_filters", "snoozes", "assignments", "looks"):
        op.drop_table(name)
    op.drop_index(op.f("ix_finding_history_change_at"), table_name="finding_history")
    with op.batch_alter_table("observations") as table:
        table.drop_column("received_at")
