"""Messages of the inbox by visit, and how each was answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    for name, length, default in (("visit", 200, ""), ("answer", 2, "AA"), ("field", 80, "")):
        column = sa.Column(name, sa.String(length), nullable=False, server_default=default)
        op.add_column("inbox", column)
    op.create_index(op.f("ix_inbox_visit_id"), "inbox", ["visit", "id"], unique=False)


def downgrade() -> None:
    """Take the tables back."""
    op.drop_index(op.f("ix_inbox_visit_id"), table_name="inbox")
    with op.batch_alter_table("inbox") as table:
        for name in ("field", "answer", "visit"):
            table.drop_column(name)
