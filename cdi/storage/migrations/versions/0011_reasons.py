"""Reasons from closed lists, with words of one's own sealed beside them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_DISMISSALS = (
    "already_documented",
    "not_clinically_supported",
    "misread_the_note",
    "not_relevant_to_this_stay",
    "no_query_by_policy",
)
_ENDS = ("documented_meanwhile", "unanswered", "not_needed", "asked_in_error")
# Table, column that held words, column for words beside the reason, words that are a reason now.
_COLUMNS = (
    ("findings", "reason", "remark_sealed", _DISMISSALS),
    ("finding_history", "reason", "remark_sealed", _DISMISSALS),
    ("queries", "end_reason", "end_remark_sealed", _ENDS),
    ("letters", "override_reason", "override_remark_sealed", ()),
)
_LENGTHS = {"reason": 80, "end_reason": 200, "override_reason": 400}
_PLAIN = b"\x00"
"""Marks a field that is not sealed; ``cdi db reseal`` seals it."""


def upgrade() -> None:
    """Bring the tables forward: words that are on no list become remarks."""
    for table, column, remark, known in _COLUMNS:
        words = f"{column}_words"
        op.alter_column(table, column, new_column_name=words)
        op.add_column(table, sa.Column(column, sa.String(40), nullable=True))
        op.add_column(table, sa.Column(remark, sa.LargeBinary(), nullable=True))
        _sort_words(table, column, remark, known)
        op.drop_column(table, words)


def _sort_words(table: str, column: str, remark: str, known: tuple[str, ...]) -> None:
    rows = sa.table(
        table,
        sa.column("id", sa.String),
        sa.column(column, sa.String),
        sa.column(remark, sa.LargeBinary),
    )
    words = sa.column(f"{column}_words", sa.String)
    connection = op.get_bind()
    for reason in known:
        told = words == reason.replace("_", " ")
        connection.execute(sa.update(rows).where(told).values({column: reason}))
    unknown = sa.select(rows.c.id, words).select_from(rows)
    for row in connection.execute(unknown.where(words != "", rows.c[column].is_(None))).all():
        kept = {column: "other", remark: _PLAIN + row[1].encode()}
        connection.execute(sa.update(rows).where(rows.c.id == row[0]).values(kept))


def downgrade() -> None:
    """Take the tables back: reasons are words again, sealed remarks are gone."""
    for table, column, remark, _ in _COLUMNS:
        words = f"{column}_words"
        op.alter_column(table, column, new_column_name=words)
        length = sa.String(_LENGTHS[column])
        op.add_column(table, sa.Column(column, length, nullable=False, server_default=""))
        op.execute(f"UPDATE {table} SET {column} = replace(coalesce({words}, ''), '_', ' ')")
        op.drop_column(table, words)
        op.drop_column(table, remark)
