"""Triggers that refuse to change what was appended to the audit trail."""

from __future__ import annotations

from alembic import op

_SQLITE = """
CREATE TRIGGER events_no_{name} BEFORE {name} ON events
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END
"""
_FUNCTION = """
CREATE FUNCTION refuse_event_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'events are append-only'; END $$
"""
_ROWS = """
CREATE TRIGGER events_no_change BEFORE UPDATE OR DELETE ON events
FOR EACH ROW EXECUTE FUNCTION refuse_event_change()
"""
_TRUNCATE = """
CREATE TRIGGER events_no_truncate BEFORE TRUNCATE ON events
FOR EACH STATEMENT EXECUTE FUNCTION refuse_event_change()
"""


def make_append_only() -> None:
    """Refuse UPDATE, DELETE and TRUNCATE of events."""
    if op.get_bind().dialect.name == "sqlite":
        for name in ("update", "delete"):
            op.execute(_SQLITE.format(name=name))
    else:
        for statement in (_FUNCTION, _ROWS, _TRUNCATE):
            op.execute(statement)


def drop_triggers() -> None:
    """Allow changes again, before the table itself goes."""
    if op.get_bind().dialect.name == "sqlite":
        for name in ("update", "delete"):
            op.execute(f"DROP TRIGGER events_no_{name}")
    else:
        op.execute("DROP TRIGGER events_no_change ON events")
        op.execute("DROP TRIGGER events_no_truncate ON events")
        op.execute("DROP FUNCTION refuse_event_change()")
