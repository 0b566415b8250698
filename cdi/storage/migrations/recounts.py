"""Triggers that note which day has to be counted anew, whoever changes what, and how."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from alembic import op

_NOTE = "INSERT INTO recounts (facility_id, at) VALUES ({row}.facility_id, {row}.{at})"
# Whether a question was asked about a finding is counted where the finding was raised.
_NOTE_FINDING = (
    "INSERT INTO recounts (facility_id, at) "
    "SELECT facility_id, raised_at FROM findings WHERE id = {row}.finding_id"
)


@dataclass(frozen=True, slots=True)
class _Counted:
    """What is counted of a table: by which column it is found, and what else the counts tell."""

    table: str
    by: str
    columns: tuple[str, ...] = ()
    note: str = _NOTE

    def triggers(self) -> Iterator[tuple[str, str, str]]:
        """Yield ``(name, when it runs, what it does)`` of each trigger."""
        found = ("finding_id",) if self.note == _NOTE_FINDING else ("facility_id", self.by)
        name = f"recount_{self.table}_{self.by}"
        told, moved = ", ".join((*found, *self.columns)), ", ".join(found)
        for row, end, events in (
            ("NEW", "to", ("INSERT", f"UPDATE OF {told}")),
            ("OLD", "from", ("DELETE", f"UPDATE OF {moved}")),
        ):
            for event in events:
                text = self.note.format(row=row, at=self.by)
                runs = f"AFTER {event} ON {self.table} FOR EACH ROW"
                runs += f" WHEN ({row}.{self.by} IS NOT NULL)"
                yield f"{name}_{event.split()[0].lower()}_{end}", runs, text


_TABLES = (
    _Counted(
        "queries",
        "sent_at",
        (
            "state",
            "service",
            "recipient_id",
            "owner_id",
            "due_at",
            "answered_at",
            "working_minutes",
        ),
    ),
    _Counted("questions", "sent_at", ("condition", "name", "outcome")),
    _Counted("questions", "finding_id", note=_NOTE_FINDING),
    _Counted("findings", "raised_at", ("condition", "name", "state", "reason")),
    _Counted("encounters", "reviewed_at", ("asked_at",)),
)


def make_recount_triggers() -> None:
    """Note from now on what has to be counted anew."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for counted in _TABLES:
        for name, runs, text in counted.triggers():
            if sqlite:
                op.execute(f"CREATE TRIGGER {name} {runs} BEGIN {text}; END")
                continue
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN {text}; RETURN NULL; END $$"
            )
            op.execute(f"CREATE TRIGGER {name} {runs} EXECUTE FUNCTION {name}()")


def drop_recount_triggers() -> None:
    """Note nothing any more."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for counted in _TABLES:
        for name, _, _ in counted.triggers():
            op.execute(f"DROP TRIGGER {name}" + ("" if sqlite else f" ON {counted.table}"))
            if not sqlite:
                op.execute(f"DROP FUNCTION {name}()")
