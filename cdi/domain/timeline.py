"""The record of an encounter in the order in which it came to be.

A note counts from its date until it is replaced or retracted, a value from when it became known
(``recorded_at``; when it was true, ``observed_at``, if that is not told), a drug from its order or
first dose.
"""

from __future__ import annotations

from collections import deque
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
    """What became part of the record at one moment: a note, or the values of a few hours.

    Notes are as they came, whatever became of them later; ``retracted`` are the ids of notes that
    were taken back at this moment.
    """

    at: datetime | None
    notes: list[Note] = field(default_factory=list)
    retracted: tuple[str, ...] = ()
    observations: list[Observation] = field(default_factory=list)
    medications: list[Medication] = field(default_factory=list)

    def take(self, item: Item) -> None:
        """Add an item."""
        if isinstance(item, Note):
            self.notes.append(_as_it_came(item))
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

    replaced = {
        note.replaces
        for note in encounter.notes
        if known(note.recorded_at) and not (note.retracted_at and known(note.retracted_at))
    }

    return replace(
        encounter,
        notes=tuple(
            _as_of(note, known(note.retracted_at), replaced)
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


def _as_of(note: Note, retracted: bool, replaced: Container[str]) -> Note:
    """Return a note as it counted at a moment, of which it is told what had happened by then."""
    if note.retracted_at is not None and not retracted:
        status = NoteStatus.SUPERSEDED if note.id in replaced else NoteStatus.FINAL
        return replace(note, status=status, retracted_at=None)
    if note.status is NoteStatus.SUPERSEDED and note.id not in replaced:
        return replace(note, status=NoteStatus.FINAL)
    return note


def _as_it_came(note: Note) -> Note:
    """Let a note count that was replaced or retracted only later."""
    if note.status is NoteStatus.SUPERSEDED or note.retracted_at is not None:
        return replace(note, status=NoteStatus.FINAL, retracted_at=None)
    return note


def steps(encounter: Encounter) -> Iterator[Step]:
    """Yield the steps in which the record grew, and those in which notes were retracted.

    Every note is a step of its own, so that each can open and resolve findings; notes of the same
    minute come in the order of the record.
    """
    items: list[Item] = [*encounter.observations, *encounter.medications, *encounter.notes]
    items.sort(key=lambda item: instant(recorded(item)))
    retractions = _retractions(encounter)
    step: Step | None = None
    began = float("-inf")
    for item in items:
        while retractions and instant(retractions[0].at) < instant(recorded(item)):
            if step is not None:
                yield step
                step = None
            yield retractions.popleft()
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
    yield from retractions


def _retractions(encounter: Encounter) -> deque[Step]:
    """Return the steps in which notes were retracted, in their order."""
    at: dict[datetime, list[str]] = {}
    for note in encounter.notes:
        if note.status is NoteStatus.RETRACTED and note.retracted_at is not None:
            at.setdefault(note.retracted_at, []).append(note.id)
    return deque(Step(moment, retracted=tuple(at[moment])) for moment in sorted(at, key=instant))
