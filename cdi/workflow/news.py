"""What is new in encounters since somebody last looked: notes, values, and how findings moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cdi.domain.encounter import Observation
from cdi.domain.query import FindingChange
from cdi.storage import Session
from cdi.storage.json_record import from_json
from cdi.storage.tables import FindingHistoryRow, FindingRow, ObservationRow
from cdi.storage.worklists import histories_of, notes_since_of, values_named, values_since_of


@dataclass(frozen=True, slots=True)
class NewValue:
    """A value that came, with the one before it; "" if there was none."""

    observation_id: str
    analyte: str
    before: str
    now: str
    unit: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Moved:
    """How a finding moved: "new", "strengthened", "weakened", "changed", "resolved", "back"."""

    finding_id: str
    condition: str
    how: str
    at: datetime


@dataclass(slots=True)
class News:
    """What is new in one encounter; ``since`` is None for somebody who never looked."""

    since: datetime | None = None
    notes: list[str] = field(default_factory=list)
    values: list[NewValue] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.notes or self.values or self.moved)


def read_news(
    session: Session,
    since: Mapping[str, datetime],
    findings: Mapping[str, Sequence[FindingRow]],
) -> dict[str, News]:
    """Return what is new, by encounter.

    Args:
        session: to read with.
        since: from when on, by encounter; others are left out.
        findings: the findings of each encounter.
    """
    news = {identifier: News(moment) for identifier, moment in since.items()}
    for note in notes_since_of(session, since):
        news[note.encounter_id].notes.append(note.number)
    fresh = values_since_of(session, since)
    for encounter_id, value in _new_values(session, fresh):
        news[encounter_id].values.append(value)
    rows = [row for identifier in since for row in findings.get(identifier, ())]
    histories = histories_of(session, rows, min(since.values())) if rows else {}
    for row in rows:
        step = _last_move(row, histories.get(row.id, []), since[row.encounter_id])
        if step is not None:
            news[row.encounter_id].moved.append(step)
    return news


def _new_values(session: Session, fresh: Sequence[ObservationRow]) -> list[tuple[str, NewValue]]:
    """Return the newest of the values of each analyte, with what stood before they came."""
    if not fresh:
        return []
    new = {row.id for row in fresh}
    names = {row.analyte for row in fresh}
    encounters = {row.encounter_id for row in fresh}
    series: dict[tuple[str, str], list[ObservationRow]] = {}
    for row in values_named(session, encounters, names):
        series.setdefault((row.encounter_id, row.analyte), []).append(row)
    found = []
    for (encounter_id, analyte), rows in series.items():
        latest = next((row for row in reversed(rows) if row.id in new), None)
        if latest is None:
            continue
        before = next((row for row in reversed(rows) if row.id not in new), None)
        seen = from_json(Observation, latest.content)
        told = _tell(from_json(Observation, before.content)) if before else ""
        found.append(
            (
                encounter_id,
                NewValue(latest.number, analyte, told, _tell(seen), seen.unit, seen.observed_at),
            )
        )
    return found


def _tell(seen: Observation) -> str:
    return seen.text if seen.value is None else f"{seen.comparator}{seen.value:.6g}"


def _last_move(
    row: FindingRow, history: Sequence[FindingHistoryRow], since: datetime
) -> Moved | None:
    """Return how a finding moved since a moment, by its last change; None if it did not."""
    later = [step for step in history if step.at > since]
    if not later:
        return None
    earlier = [step for step in history if step.at <= since]
    last = later[-1]
    how = {
        FindingChange.RAISED: "new",
        FindingChange.RESOLVED: "resolved",
        FindingChange.REOPENED: "back",
    }.get(last.change)
    if last.change is FindingChange.CHANGED:
        if not earlier:
            how = "new"
        else:
            before, now = (len(step.content["evidence"]) for step in (earlier[-1], last))
            how = "strengthened" if now > before else "weakened" if now < before else "changed"
    return Moved(row.id, row.condition, how, last.at) if how else None
