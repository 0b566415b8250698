"""Days that are over are counted once; the worker counts those before this version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from cdi.storage.migrations.recounts import drop_recount_triggers, make_recount_triggers

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "day_counts",
        sa.Column("facility_id", sa.String(32), nullable=False),
        sa.Column("starts_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("counted_at", _MOMENT, nullable=False),
        sa.Column("holds_until", _MOMENT, nullable=True),
        *(
            sa.Column(name, _JSON, nullable=False)
            for name in ("queries", "questions", "stays", "findings")
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facilities.id"], name=op.f("fk_day_counts_facility_id")
        ),
        sa.PrimaryKeyConstraint("facility_id", "starts_at", name=op.f("pk_day_counts")),
    )
    op.create_table(
        "recounts",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("facility_id", sa.String(32), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_recounts")),
    )
    op.create_index(op.f("ix_recounts_facility_id_at"), "recounts", ["facility_id", "at"])
    make_recount_triggers()


def downgrade() -> None:
    """Take the tables back."""
    drop_recount_triggers()
    op.drop_table("recounts")
    op.drop_table("day_counts")
