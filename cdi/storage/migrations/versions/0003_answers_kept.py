"""Answers kept on the way to a signature, and questions handed over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ID = sa.String(length=32)
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "kept_answers",
        sa.Column("query_id", _ID, nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("letter_revision", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("option", sa.Integer(), nullable=True),
        sa.Column("kept_at", _MOMENT, nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["query_id"], ["queries.id"], name=op.f("fk_kept_answers_query_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_kept_answers_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_answers")),
        sa.UniqueConstraint(
            "query_id",
            "user_id",
            "position",
            name=op.f("uq_kept_answers_query_id_user_id_position"),
        ),
    )
    op.create_index(op.f("ix_kept_answers_user_id"), "kept_answers", ["user_id"])
    op.create_table(
        "handovers",
        sa.Column("query_id", _ID, nullable=False),
        sa.Column("from_id", _ID, nullable=False),
        sa.Column("to_id", _ID, nullable=True),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("remark_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["query_id"], ["queries.id"], name=op.f("fk_handovers_query_id")),
        sa.ForeignKeyConstraint(["from_id"], ["users.id"], name=op.f("fk_handovers_from_id")),
        sa.ForeignKeyConstraint(["to_id"], ["users.id"], name=op.f("fk_handovers_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
    )
    op.create_index(op.f("ix_handovers_query_id_at"), "handovers", ["query_id", "at"])


def downgrade() -> None:
    """Take the tables back."""
    op.drop_table("handovers")
    op.drop_table("kept_answers")
