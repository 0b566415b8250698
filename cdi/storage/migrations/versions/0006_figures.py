"""What the figures of a month are counted from, where they look for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_FILL = (
    "UPDATE questions SET "
    "facility_id = (SELECT facility_id FROM queries WHERE queries.id = questions.query_id), "
    "sent_at = (SELECT sent_at FROM queries WHERE queries.id = questions.query_id)",
    "UPDATE encounters SET "
    "asked_at = (SELECT min(sent_at) FROM queries WHERE queries.encounter_id = encounters.id)",
)


def upgrade() -> None:
    """Bring the tables forward. Turnaround of earlier answers stays unknown."""
    facility = sa.Column("facility_id", sa.String(32), nullable=False, server_default="")
    op.add_column("questions", facility)
    op.add_column("questions", sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("queries", sa.Column("working_minutes", sa.Integer(), nullable=True))
    op.add_column("encounters", sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
    for statement in _FILL:
        op.execute(statement)
    op.create_index(
        op.f("ix_questions_facility_id_sent_at"), "questions", ["facility_id", "sent_at"]
    )
    op.create_index(
        op.f("ix_encounters_facility_id_reviewed_at"), "encounters", ["facility_id", "reviewed_at"]
    )


def downgrade() -> None:
    """Take the tables back."""
    op.drop_index(op.f("ix_encounters_facility_id_reviewed_at"), table_name="encounters")
    op.drop_index(op.f("ix_questions_facility_id_sent_at"), table_name="questions")
    for table, columns in (
        ("encounters", ("asked_at",)),
        ("queries", ("working_minutes",)),
        ("questions", ("sent_at", "facility_id")),
    ):
        for column in columns:
            op.drop_column(table, column)
