"""Audits of sent letters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ID = sa.String(length=32)
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "letter_audits",
        sa.Column("facility_id", _ID, nullable=False),
        sa.Column("drawn_at", _MOMENT, nullable=False),
        sa.Column("drawn_by", _ID, nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facilities.id"], name=op.f("fk_letter_audits_facility_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_audits")),
    )
    name = op.f("ix_letter_audits_facility_id_id")
    op.create_index(name, "letter_audits", ["facility_id", "id"], unique=False)
    op.create_table(
        "letter_judgements",
        sa.Column("audit_id", _ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("query_id", _ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("pack_version", sa.String(length=80), nullable=False),
        sa.Column("rule", sa.String(length=8), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("places", sa.String(length=400), nullable=False),
        sa.Column("verdict", sa.String(length=40), nullable=True),
        sa.Column("judged_by", _ID, nullable=True),
        sa.Column("judged_at", _MOMENT, nullable=True),
        sa.Column("comment_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", _ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["letter_audits.id"], name=op.f("fk_letter_judgements_audit_id")
        ),
        sa.ForeignKeyConstraint(
            ["query_id"], ["queries.id"], name=op.f("fk_letter_judgements_query_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_judgements")),
        sa.UniqueConstraint(
            "audit_id",
            "query_id",
            "rule",
            name=op.f("uq_letter_judgements_audit_id_query_id_rule"),
        ),
    )
    name = op.f("ix_letter_judgements_query_id")
    op.create_index(name, "letter_judgements", ["query_id"], unique=False)


def downgrade() -> None:
    """Take the tables back."""
    op.drop_table("letter_judgements")
    op.drop_table("letter_audits")
