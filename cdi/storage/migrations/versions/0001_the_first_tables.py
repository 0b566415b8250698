"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from cdi.storage.migrations.triggers import drop_triggers, make_append_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "chain_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain_head")),
    )
    op.create_table(
        "events",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.String(length=32), nullable=False),
        sa.Column("verb", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=32), nullable=False),
        sa.Column("facility_id", sa.String(length=32), nullable=True),
        sa.Column("encounter_id", sa.String(length=32), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_events")),
    )
    op.create_index("ix_events_actor", "events", ["actor_id", "number"], unique=False)
    op.create_index("ix_events_encounter", "events", ["encounter_id", "number"], unique=False)
    op.create_index("ix_events_facility", "events", ["facility_id", "number"], unique=False)
    op.create_index("ix_events_subject", "events", ["subject_id", "number"], unique=False)
    op.create_table(
        "facilities",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facilities")),
        sa.UniqueConstraint("code", name=op.f("uq_facilities_code")),
    )
    op.create_table(
        "login_attempts",
        sa.Column("login", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_attempts")),
    )
    op.create_index(
        op.f("ix_login_attempts_address_at"), "login_attempts", ["address", "at"], unique=False
    )
    op.create_index(
        op.f("ix_login_attempts_login_at"), "login_attempts", ["login", "at"], unique=False
    )
    op.create_table(
        "requests",
        sa.Column("actor_id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "receipt",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("actor_id", "key", name=op.f("pk_requests")),
    )
    op.create_index(op.f("ix_requests_at"), "requests", ["at"], unique=False)
    op.create_table(
        "used_links",
        sa.Column("nonce_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("nonce_hash", name=op.f("pk_used_links")),
    )
    op.create_index(op.f("ix_used_links_used_at"), "used_links", ["used_at"], unique=False)
    op.create_table(
        "users",
        sa.Column("login", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("provider_id", sa.String(length=80), nullable=True),
        sa.Column("subject", sa.String(length=320), nullable=True),
        sa.Column("service", sa.String(length=80), nullable=False),
        sa.Column("schedule", sa.String(length=400), nullable=False),
        sa.Column("password_hash", sa.String(length=300), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("login", name=op.f("uq_users_login")),
        sa.UniqueConstraint("provider_id", name=op.f("uq_users_provider_id")),
        sa.UniqueConstraint("subject", name=op.f("uq_users_subject")),
    )
    op.create_table(
        "covers",
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("covered_by", sa.String(length=32), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["covered_by"], ["users.id"], name=op.f("fk_covers_covered_by")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_covers_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_covers")),
    )
    op.create_index(
        op.f("ix_covers_user_id_ends_at"), "covers", ["user_id", "ends_at"], unique=False
    )
    op.create_table(
        "memberships",
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("facility_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facilities.id"], name=op.f("fk_memberships_facility_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_memberships_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint(
            "user_id", "facility_id", "role", name=op.f("uq_memberships_user_id_facility_id_role")
        ),
    )
    op.create_index(
        op.f("ix_memberships_facility_id"), "memberships", ["facility_id"], unique=False
    )
    op.create_index(op.f("ix_memberships_user_id"), "memberships", ["user_id"], unique=False)
    op.create_table(
        "patients",
        sa.Column("facility_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=200), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("sex", sa.String(length=20), nullable=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facilities.id"], name=op.f("fk_patients_facility_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patients")),
        sa.UniqueConstraint("facility_id", "number", name=op.f("uq_patients_facility_id_number")),
    )
    op.create_table(
        "policies",
        sa.Column("facility_id", sa.String(length=32), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "content",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("changed_by", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facilities.id"], name=op.f("fk_policies_facility_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policies")),
    )
    op.create_index(op.f("ix_policies_facility_id"), "policies", ["facility_id"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"], unique=False)
    op.create_table(
        "subscriptions",
        sa.Column("facility_id", sa.String(length=32), nullable=False),
        sa.Column("address", sa.String(length=400), nullable=False),
        sa.Column(
            "topics",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facilities.id"], name=op.f("fk_subscriptions_facility_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
    )
    op.create_index(
        op.f("ix_subscriptions_facility_id"), "subscriptions", ["facility_id"], unique=False
    )
    op.create_table(
        "encounters",
        sa.Column("facility_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=200), nullable=False),
        sa.Column("patient_id", sa.String(length=32), nullable=True),
        sa.Column("service", sa.String(length=200), nullable=False),
        sa.Column("admitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("discharged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facilities.id"], name=op.f("fk_encounters_facility_id")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_encounters_patient_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_encounters")),
        sa.UniqueConstraint("facility_id", "number", name=op.f("uq_encounters_facility_id_number")),
    )
    op.create_index(
        op.f("ix_encounters_facility_id_discharged_at"),
        "encounters",
        ["facility_id", "discharged_at"],
        unique=False,
    )
    op.create_index(op.f("ix_encounters_patient_id"), "encounters", ["patient_id"], unique=False)
    op.create_table(
        "care_teams",
        sa.Column("encounter_id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("part", sa.String(length=40), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["encounter_id"], ["encounters.id"], name=op.f("fk_care_teams_encounter_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_care_teams_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_teams")),
        sa.UniqueConstraint(
            "encounter_id", "user_id", "part", name=op.f("uq_care_teams_encounter_id_user_id_part")
        ),
    )
    op.create_index(
        op.f("ix_care_teams_encounter_id"), "care_teams", ["encounter_id"], unique=False
    )
    op.create_index(op.f("ix_care_teams_user_id"), "care_teams", ["user_id"], unique=False)
    op.create_table(
        "emergency_accesses",
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("encounter_id", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["encounter_id"], ["encounters.id"], name=op.f("fk_emergency_accesses_encounter_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_emergency_accesses_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_accesses")),
    )
    op.create_index(
        op.f("ix_emergency_accesses_user_id_ends_at"),
        "emergency_accesses",
        ["user_id", "ends_at"],
        unique=False,
    )
    op.create_table(
        "findings",
        sa.Column("facility_id", sa.String(length=32), nullable=False),
        sa.Column("encounter_id", sa.String(length=32), nullable=False),
        sa.Column("condition", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("priority", sa.String(40), nullable=False),
        sa.Column("rank", sa.Double(), nullable=False),
        sa.Column(
            "weight",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=True,
        ),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(length=80), nullable=False),
        sa.Column(
            "content",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["encounter_id"], ["encounters.id"], name=op.f("fk_findings_encounter_id")
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facilities.id"], name=op.f("fk_findings_facility_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
        sa.UniqueConstraint(
            "encounter_id",
            "condition",
            "name",
            name=op.f("uq_findings_encounter_id_condition_name"),
        ),
    )
    op.create_index(
        "ix_findings_worklist", "findings", ["facility_id", "state", "rank", "id"], unique=False
    )
    op.create_table(
        "inbox",
        sa.Column("sender", sa.String(length=200), nullable=False),
        sa.Column("control_id", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("encounter_id", sa.String(length=32), nullable=True),
        sa.Column("error", sa.String(length=200), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["encounter_id"], ["encounters.id"], name=op.f("fk_inbox_encounter_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("sender", "control_id", name=op.f("uq_inbox_sender_control_id")),
    )
    op.create_index(op.f("ix_inbox_encounter_id"), "inbox", ["encounter_id"], unique=False)
    op.create_index(op.f("ix_inbox_state_id"), "inbox", ["state", "id"], unique=False)
    op.create_table(
        "medications",
        sa.Column("encounter_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["encounter_id"], ["encounters.id"], name=op.f("fk_medications_encounter_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_medications")),
        sa.UniqueConstraint(
            "encounter_id", "number", name=op.f("uq_medications_encounter_id_number")
        ),
    )
    op.create_table(
        "notes",
        sa.Column("encounter_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=200), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("author_id", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["encounter_id"], ["encounters.id"], name=op.f("fk_notes_encounter_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
        sa.UniqueConstraint(
            "encounter_id", "number", "revision", name=op.f("uq_notes_encounter_id_number_revision")
        ),
    )
    op.create_index(
        "uq_notes_current",
        "notes",
        ["encounter_id", "number"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
        sqlite_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "observations",
        sa.Column("encounter_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("analyte", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["encounter_id"], ["encounters.id"], name=op.f("fk_observations_encounter_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observations")),
        sa.UniqueConstraint(
            "encounter_id", "number", name=op.f("uq_observations_encounter_id_number")
        ),
    )
    op.create_table(
        "queries",
        sa.Column("facility_id", sa.String(length=32), nullable=False),
        sa.Column("encounter_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("retrospective", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.String(40), nullable=False),
        sa.Column("service", sa.String(length=80), nullable=False),
        sa.Column("recipient_id", sa.String(length=32), nullable=True),
        sa.Column("routed_by", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.String(length=32), nullable=False),
        sa.Column("letter_revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=32), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("viewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_step_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_to", sa.String(length=32), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["encounter_id"], ["encounters.id"], name=op.f("fk_queries_encounter_id")
        ),
        sa.ForeignKeyConstraint(
            ["escalated_to"], ["users.id"], name=op.f("fk_queries_escalated_to")
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facilities.id"], name=op.f("fk_queries_facility_id")
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["users.id"], name=op.f("fk_queries_recipient_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queries")),
    )
    op.create_index("ix_queries_encounter", "queries", ["encounter_id", "id"], unique=False)
    op.create_index("ix_queries_inbox", "queries", ["recipient_id", "state", "id"], unique=False)
    op.create_index(
        "ix_queries_next_step",
        "queries",
        ["next_step_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('sent', 'viewed', 'escalated')"),
        sqlite_where=sa.text("state IN ('sent', 'viewed', 'escalated')"),
    )
    op.create_index(
        "ix_queries_recipient_sent", "queries", ["recipient_id", "sent_at"], unique=False
    )
    op.create_index("ix_queries_sent", "queries", ["facility_id", "sent_at"], unique=False)
    op.create_index("ix_queries_worklist", "queries", ["facility_id", "state", "id"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("facility_id", sa.String(length=32), nullable=False),
        sa.Column("query_id", sa.String(length=32), nullable=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("topic", sa.String(length=80), nullable=False),
        sa.Column("target", sa.String(length=400), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=80), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facilities.id"], name=op.f("fk_deliveries_facility_id")
        ),
        sa.ForeignKeyConstraint(["query_id"], ["queries.id"], name=op.f("fk_deliveries_query_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'leased')"),
        sqlite_where=sa.text("state IN ('waiting', 'leased')"),
    )
    op.create_index(op.f("ix_deliveries_query_id"), "deliveries", ["query_id"], unique=False)
    op.create_table(
        "finding_history",
        sa.Column("finding_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("change", sa.String(40), nullable=False),
        sa.Column("actor_id", sa.String(length=32), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=80), nullable=False),
        sa.Column(
            "content",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["findings.id"], name=op.f("fk_finding_history_finding_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_history")),
    )
    op.create_index(
        op.f("ix_finding_history_finding_id_id"),
        "finding_history",
        ["finding_id", "id"],
        unique=False,
    )
    op.create_table(
        "inbox_remarks",
        sa.Column("inbox_id", sa.String(length=32), nullable=True),
        sa.Column("encounter_id", sa.String(length=32), nullable=True),
        sa.Column("field", sa.String(length=200), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("message", sa.String(length=400), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["encounter_id"], ["encounters.id"], name=op.f("fk_inbox_remarks_encounter_id")
        ),
        sa.ForeignKeyConstraint(["inbox_id"], ["inbox.id"], name=op.f("fk_inbox_remarks_inbox_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_remarks")),
    )
    op.create_index(
        op.f("ix_inbox_remarks_encounter_id"), "inbox_remarks", ["encounter_id"], unique=False
    )
    op.create_index(op.f("ix_inbox_remarks_inbox_id"), "inbox_remarks", ["inbox_id"], unique=False)
    op.create_table(
        "letters",
        sa.Column("query_id", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.String(length=32), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("pack_version", sa.String(length=80), nullable=False),
        sa.Column(
            "violations",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("override_by", sa.String(length=32), nullable=True),
        sa.Column("override_reason", sa.String(length=400), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["query_id"], ["queries.id"], name=op.f("fk_letters_query_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sa.UniqueConstraint("query_id", "revision", name=op.f("uq_letters_query_id_revision")),
    )
    op.create_table(
        "questions",
        sa.Column("query_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.String(length=32), nullable=True),
        sa.Column("condition", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=True),
        sa.Column("asked_once", sa.String(length=240), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["findings.id"], name=op.f("fk_questions_finding_id")
        ),
        sa.ForeignKeyConstraint(["query_id"], ["queries.id"], name=op.f("fk_questions_query_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.UniqueConstraint("asked_once", name=op.f("uq_questions_asked_once")),
        sa.UniqueConstraint("query_id", "position", name=op.f("uq_questions_query_id_position")),
    )
    op.create_index(op.f("ix_questions_condition"), "questions", ["condition"], unique=False)
    op.create_index(op.f("ix_questions_finding_id"), "questions", ["finding_id"], unique=False)
    op.create_table(
        "responses",
        sa.Column("query_id", sa.String(length=32), nullable=False),
        sa.Column("letter_revision", sa.Integer(), nullable=False),
        sa.Column("answered_by", sa.String(length=32), nullable=False),
        sa.Column("recorded_by", sa.String(length=32), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("addendum_hash", sa.String(length=64), nullable=False),
        sa.Column("addendum_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["users.id"], name=op.f("fk_responses_answered_by")
        ),
        sa.ForeignKeyConstraint(["query_id"], ["queries.id"], name=op.f("fk_responses_query_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responses")),
        sa.UniqueConstraint("query_id", name=op.f("uq_responses_query_id")),
    )
    op.create_index(op.f("ix_responses_answered_by"), "responses", ["answered_by"], unique=False)
    op.create_table(
        "answers",
        sa.Column("response_id", sa.String(length=32), nullable=False),
        sa.Column("question_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("option", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(40), nullable=True),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_answers_question_id")
        ),
        sa.ForeignKeyConstraint(
            ["response_id"], ["responses.id"], name=op.f("fk_answers_response_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
        sa.UniqueConstraint("question_id", name=op.f("uq_answers_question_id")),
        sa.UniqueConstraint(
            "response_id", "position", name=op.f("uq_answers_response_id_position")
        ),
    )
    op.create_table(
        "clarified_diagnoses",
        sa.Column("facility_id", sa.String(length=32), nullable=False),
        sa.Column("encounter_id", sa.String(length=32), nullable=False),
        sa.Column("query_id", sa.String(length=32), nullable=False),
        sa.Column("answer_id", sa.String(length=32), nullable=False),
        sa.Column("condition", sa.String(length=80), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column(
            "proposals",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("code", sa.String(length=10), nullable=True),
        sa.Column("poa", sa.String(40), nullable=True),
        sa.Column(
            "evidence",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("coder_id", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("wording_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("remark_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answers.id"], name=op.f("fk_clarified_diagnoses_answer_id")
        ),
        sa.ForeignKeyConstraint(
            ["encounter_id"], ["encounters.id"], name=op.f("fk_clarified_diagnoses_encounter_id")
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facilities.id"], name=op.f("fk_clarified_diagnoses_facility_id")
        ),
        sa.ForeignKeyConstraint(
            ["query_id"], ["queries.id"], name=op.f("fk_clarified_diagnoses_query_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clarified_diagnoses")),
        sa.UniqueConstraint("answer_id", name=op.f("uq_clarified_diagnoses_answer_id")),
    )
    op.create_index(
        op.f("ix_clarified_diagnoses_encounter_id"),
        "clarified_diagnoses",
        ["encounter_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_clarified_diagnoses_query_id"), "clarified_diagnoses", ["query_id"], unique=False
    )
    op.create_index(
        "ix_clarified_diagnoses_worklist",
        "clarified_diagnoses",
        ["facility_id", "status", "id"],
        unique=False,
    )
    make_append_only()
    # The head of the audit chain before its first event.
    op.execute(f"INSERT INTO chain_head (id, number, mac) VALUES (1, 0, '{'0' * 64}')")


def downgrade() -> None:
    """Take the tables back."""
    drop_triggers()
    op.drop_index("ix_clarified_diagnoses_worklist", table_name="clarified_diagnoses")
    op.drop_index(op.f("ix_clarified_diagnoses_query_id"), table_name="clarified_diagnoses")
    op.drop_index(op.f("ix_clarified_diagnoses_encounter_id"), table_name="clarified_diagnoses")
    op.drop_table("clarified_diagnoses")
    op.drop_table("answers")
    op.drop_index(op.f("ix_responses_answered_by"), table_name="responses")
    op.drop_table("responses")
    op.drop_index(op.f("ix_questions_finding_id"), table_name="questions")
    op.drop_index(op.f("ix_questions_condition"), table_name="questions")
    op.drop_table("questions")
    op.drop_table("letters")
    op.drop_index(op.f("ix_inbox_remarks_inbox_id"), table_name="inbox_remarks")
    op.drop_index(op.f("ix_inbox_remarks_encounter_id"), table_name="inbox_remarks")
    op.drop_table("inbox_remarks")
    op.drop_index(op.f("ix_finding_history_finding_id_id"), table_name="finding_history")
    op.drop_table("finding_history")
    op.drop_index(op.f("ix_deliveries_query_id"), table_name="deliveries")
    op.drop_index(
        "ix_deliveries_due",
        table_name="deliveries",
        postgresql_where=sa.text("state IN ('waiting', 'leased')"),
        sqlite_where=sa.text("state IN ('waiting', 'leased')"),
    )
    op.drop_table("deliveries")
    op.drop_index("ix_queries_worklist", table_name="queries")
    op.drop_index("ix_queries_sent", table_name="queries")
    op.drop_index("ix_queries_recipient_sent", table_name="queries")
    op.drop_index(
        "ix_queries_next_step",
        table_name="queries",
        postgresql_where=sa.text("state IN ('sent', 'viewed', 'escalated')"),
        sqlite_where=sa.text("state IN ('sent', 'viewed', 'escalated')"),
    )
    op.drop_index("ix_queries_inbox", table_name="queries")
    op.drop_index("ix_queries_encounter", table_name="queries")
    op.drop_table("queries")
    op.drop_table("observations")
    op.drop_index(
        "uq_notes_current",
        table_name="notes",
        postgresql_where=sa.text("superseded_at IS NULL"),
        sqlite_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_table("notes")
    op.drop_table("medications")
    op.drop_index(op.f("ix_inbox_state_id"), table_name="inbox")
    op.drop_index(op.f("ix_inbox_encounter_id"), table_name="inbox")
    op.drop_table("inbox")
    op.drop_index("ix_findings_worklist", table_name="findings")
    op.drop_table("findings")
    op.drop_index(op.f("ix_emergency_accesses_user_id_ends_at"), table_name="emergency_accesses")
    op.drop_table("emergency_accesses")
    op.drop_index(op.f("ix_care_teams_user_id"), table_name="care_teams")
    op.drop_index(op.f("ix_care_teams_encounter_id"), table_name="care_teams")
    op.drop_table("care_teams")
    op.drop_index(op.f("ix_encounters_patient_id"), table_name="encounters")
    op.drop_index(op.f("ix_encounters_facility_id_discharged_at"), table_name="encounters")
    op.drop_table("encounters")
    op.drop_index(op.f("ix_subscriptions_facility_id"), table_name="subscriptions")
    op.drop_table("subscriptions")
    op.drop_index(op.f("ix_sessions_user_id"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_index(op.f("ix_policies_facility_id"), table_name="policies")
    op.drop_table("policies")
    op.drop_table("patients")
    op.drop_index(op.f("ix_memberships_user_id"), table_name="memberships")
    op.drop_index(op.f("ix_memberships_facility_id"), table_name="memberships")
    op.drop_table("memberships")
    op.drop_index(op.f("ix_covers_user_id_ends_at"), table_name="covers")
    op.drop_table("covers")
    op.drop_table("users")
    op.drop_index(op.f("ix_used_links_used_at"), table_name="used_links")
    op.drop_table("used_links")
    op.drop_index(op.f("ix_requests_at"), table_name="requests")
    op.drop_table("requests")
    op.drop_index(op.f("ix_login_attempts_login_at"), table_name="login_attempts")
    op.drop_index(op.f("ix_login_attempts_address_at"), table_name="login_attempts")
    op.drop_table("login_attempts")
    op.drop_table("facilities")
    op.drop_index("ix_events_subject", table_name="events")
    op.drop_index("ix_events_facility", table_name="events")
    op.drop_index("ix_events_encounter", table_name="events")
    op.drop_index("ix_events_actor", table_name="events")
    op.drop_table("events")
    op.drop_table("chain_head")
