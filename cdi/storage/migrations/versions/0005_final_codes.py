"""Final codes of stays."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ID = sa.String(length=32)
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "final_codes",
        sa.Column("facility_id", _ID, nullable=False),
        sa.Column("encounter_id", _ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("poa", sa.String(length=40), nullable=True),
        sa.Column("imported_at", _MOMENT, nullable=False),
        sa.Column("imported_by", _ID, nullable=False),
        sa.Column("superseded_at", _MOMENT, nullable=True),
        sa.Column("id", _ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["encounter_id"], ["encounters.id"], name=op.f("fk_final_codes_encounter_id")
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facilities.id"], name=op.f("fk_final_codes_facility_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_final_codes")),
    )
    for columns in (("encounter_id", "superseded_at"), ("facility_id", "imported_at")):
        name = op.f(f"ix_final_codes_{'_'.join(columns)}")
        op.create_index(name, "final_codes", [*columns], unique=False)


def downgrade() -> None:
    """Take the table back."""
    op.drop_table("final_codes")
