"""Reviewing a stay as it goes along: what is open now, and what was and is resolved."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from cdi.domain.encounter import Encounter, Note
from cdi.domain.reading import Reading
from cdi.domain.story import Story
from cdi.domain.timeline import Step, as_of, steps
from cdi.review.course import Course
from cdi.workflow.scan import Scanner, default_scanner

# About forty stays of two months; what was not needed for longest is read again when it is.
_MOST_READINGS = 16_384
_MOST_STAYS = 16


class _Kept(NamedTuple):
    """A course and the steps it has taken."""

    course: Course
    steps: tuple[Step, ...]


class StayReviewer:
    """Reviews stays over time, and a stay again at the cost of what is new in it.

    A note is read once: its reading is kept under the hash of its text and year and the version of
    pipeline and rules. The courses of the stays reviewed
    last are kept too, and carried on when a stay comes again with nothing but additions.

    Args:
        scanner: reads and judges.
        most_readings: how many readings are kept.
    """

    def __init__(self, scanner: Scanner, most_readings: int = _MOST_READINGS) -> None:
        self._scanner, self._most_readings = scanner, most_readings
        self._readings: OrderedDict[bytes, Reading] = OrderedDict()
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    def review(self, encounter: Encounter, moment: datetime | None = None) -> Story:
        """Tell the story of a stay.

        Args:
            encounter: the stay with everything known of it today.
            moment: leave out what was recorded later; None for everything.

        Raises:
            InputError: a note is longer than the site allows.
        """
        cut = as_of(encounter, moment) if moment else encounter
        taken = tuple(steps(cut))
        course = self._carry_on(cut, taken)
        self._keep(cut.id, _Kept(course, taken))
        return course.story(cut, moment)

    def _carry_on(self, encounter: Encounter, taken: Sequence[Step]) -> Course:
        before = self._kept.pop(encounter.id, None)
        done = len(before.steps) if before else 0
        if before is not None and tuple(taken[:done]) == before.steps:
            course = before.course
            course.continue_with(encounter)
        else:
            course, done = Course(encounter, self._scanner.catalogue), 0
        fresh = taken[done:]
        readings = iter(self._read([note for step in fresh for note in step.notes], encounter.id))
        for step in fresh:
            course.take(step, {note.id: next(readings) for note in step.notes})
        return course

    def _keep(self, identifier: str, kept: _Kept) -> None:
        self._kept[identifier] = kept
        if len(self._kept) > _MOST_STAYS:
            self._kept.popitem(last=False)

    def _read(self, notes: Sequence[Note], encounter_id: str) -> list[Reading]:
        """Read notes, or take their readings from the cache; only the id may differ."""
        keys = [_key(note, self._scanner.version) for note in notes]
        known = self._readings
        missing = {key: note for key, note in zip(keys, notes, strict=True) if key not in known}
        read = self._scanner.read_notes(list(missing.values()), encounter_id)
        known.update(zip(missing, read, strict=True))
        found = [
            known[key]._replace(note_id=note.id) for key, note in zip(keys, notes, strict=True)
        ]
        for key in keys:
            known.move_to_end(key)
        while len(known) > self._most_readings:
            known.popitem(last=False)
        return found


def _key(note: Note, version: str) -> bytes:
    """Return what a reading depends on: text, the year "since 2019" is told from, and reader."""
    year = note.recorded_at.year if note.recorded_at else 0
    return hashlib.blake2b(f"{version}\0{year}\0{note.text}".encode(), digest_size=16).digest()


@lru_cache(maxsize=1)
def default_reviewer() -> StayReviewer:
    """Return the reviewer of the installed catalogue, made at first use."""
    return StayReviewer(default_scanner())


def review(encounter: Encounter, as_of: datetime | None = None) -> Story:
    """Review a stay with the installed rules, as it stood at a moment.

    Args:
        encounter: the stay with everything known of it.
        as_of: leave out what was recorded later; None for everything.
    """
    return default_reviewer().review(encounter, as_of)
