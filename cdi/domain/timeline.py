"""The record of an encounter in the order in which it came to be.

A note counts from its date, a value from when it became known (``recorded_at``; when it was true,
``observed_at``, if that is not told), a drug from its order or first dose.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from cdi.domain.encounter import Encounter, Medication, Note, NoteStatus, Observation

# Values that arrive within this time, and without a note between them, are taken in together. A
# question that opens and closes within it is none; what stands at its end is judged exactly.
_TOGETHER = timedelta(hours=4)

Item = Note | Observation | Medication


@dataclass(slots=True)
class Step:
    """What became part of the record at one moment: a note, or the values of a few hours."""

    at: datetime | None
    notes: list[Note] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    medications: list[Medication] = field(default_factory=list)

    def take(self, item: Item) -> None:
        """Add an item."""
        if isinstance(item, Note):
            self.notes.append(item)
        elif isinstance(item, Observation):
            self.observations.append(item)
        else:
            self.medications.append(item)


def recorded(item: Item) -> datetime | None:
    """Return when an item became part of the record, None if nothing tells."""
    if isinstance(item, Note):
        return item.recorded_at
    if isinstance(item, Observation):
        return item.recorded_at or item.observed_at
    return item.recorded_at or item.started_at


def instant(moment: datetime | None) -> float:
    """Return a moment as seconds; the clock of a source without time zones is taken as UTC.

    What has no moment comes before everything else.
    """
    if moment is None:
        return float("-inf")
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def last_recorded(encounter: Encounter) -> datetime | None:
    """Return when the last entry of the record was made, None if there is none with a time."""
    items: list[Item] = [*encounter.notes, *encounter.observations, *encounter.medications]
    return max((recorded(item) for item in items), key=instant, default=None)


def as_of(encounter: Encounter, moment: datetime) -> Encounter:
    """Return the encounter as it stood at a moment: nothing recorded later is in it.

    Neither is a discharge or the end of a drug that was still to come, and a note that was
    replaced later still counted.
    """
    end = instant(moment)

    def known(at: datetime | None) -> bool:
        return instant(at) <= end

    replaced = {note.replaces for note in encounter.notes if known(note.recorded_at)}

    return replace(
        encounter,
        notes=tuple(
            _before_replacement(note, replaced)
            for note in encounter.notes
            if known(note.recorded_at)
        ),
        observations=tuple(o for o in encounter.observations if known(recorded(o))),
        medications=tuple(
            drug if drug.ended_at is None or known(drug.ended_at) else replace(drug, ended_at=None)
            for drug in encounter.medications
            if known(recorded(drug))
        ),
        discharged_at=encounter.discharged_at if known(encounter.discharged_at) else None,
    )


def _before_replacement(note: Note, replaced: Container[str]) -> Note:
    if note.status is NoteStatus.SUPERSEDED and note.id not in replaced:
        return replace(note, status=NoteStatus.FINAL)
    return note


def steps(encounter: Encounter) -> Iterator[Step]:
    """Yield the steps in which the record grew.

    Every note is a step of its own, so that each can open and resolve findings; notes of the same
    minute come in the order of the record.
    """
    items: list[Item] = [*encounter.observations, *encounter.medications, *encounter.notes]
    items.sort(key=lambda item: instant(recorded(item)))
    step: Step | None = None
    began = float("-inf")
    for item in items:
        at = recorded(item)
        if step is not None and (
            step.notes
            or (isinstance(item, Note) and instant(at) > instant(step.at))
            or instant(at) - began > _TOGETHER.total_seconds()
        ):
            yield step
            step = None
        if step is None:
            step, began = Step(at), instant(at)
        step.at = at
        step.take(item)
    if step is not None:
        yield step
