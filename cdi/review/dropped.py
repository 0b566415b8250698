"""Diagnoses of the first notes of a stay that its discharge summary says nothing of.

It judges what was written, copies too: a summary that repeats a diagnosis carries it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from cdi.domain.encounter import Encounter, Note
from cdi.domain.finding import NoteSpan
from cdi.domain.reading import Assertion, Mention, Reading
from cdi.domain.story import Dropped
from cdi.domain.timeline import instant
from cdi.review.facts import treating
from cdi.rules.stay import DroppedSpec


class _Read(NamedTuple):
    note: Note
    reading: Reading


def dropped_diagnoses(
    encounter: Encounter,
    readings: Sequence[Reading],
    conditions: Collection[str],
    spec: DroppedSpec,
) -> Iterator[Dropped]:
    """Yield the diagnoses that were dropped; none while there is no discharge summary.

    Args:
        encounter: the stay.
        readings: of its notes.
        conditions: those that may be told of.
        spec: what counts as first, as concluded and as over.
    """
    by_note = {reading.note_id: reading for reading in readings}
    read = [
        _Read(note, by_note[note.id])
        for note in sorted(encounter.notes, key=lambda note: instant(note.recorded_at))
        if note.id in by_note and note.status.counts and treating(note)
    ]
    summaries = [r for r in read if "discharge summary" in r.note.kind.casefold()]
    if encounter.admitted_at is None or not summaries:
        return
    end = instant(summaries[-1].note.recorded_at)
    carried = {mention.condition for r in summaries for mention in r.reading.mentions}
    course = [r for r in read if r not in summaries and instant(r.note.recorded_at) <= end]
    for condition in _concluded(course, encounter.admitted_at, spec):
        if condition in conditions and condition not in carried:
            last = _last_word(course, condition, spec)
            if last is not None:
                yield last


def _concluded(course: Sequence[_Read], admitted: datetime, spec: DroppedSpec) -> Iterator[str]:
    """Yield the conditions that the first notes conclude, once each."""
    latest = instant(admitted) + spec.first.total_seconds()
    seen: set[str] = set()
    for note, reading in course:
        if instant(note.recorded_at) > latest:
            return
        for mention in reading.mentions:
            concluded = _is_stated(mention) and mention.section in spec.sections
            if concluded and mention.condition not in seen:
                seen.add(mention.condition)
                yield mention.condition


def _is_stated(mention: Mention) -> bool:
    present = mention.assertion is Assertion.PRESENT
    return mention.name == "documented" and present and not mention.reported


def _last_word(course: Sequence[_Read], condition: str, spec: DroppedSpec) -> Dropped | None:
    """Return where a condition was stated last, None if anything says that it is over or absent."""
    last = None
    for note, reading in course:
        for mention in reading.mentions:
            if mention.condition != condition or mention.name != "documented":
                continue
            if not _is_stated(mention) or _says_over(note, reading, mention, spec.over):
                return None
            span = NoteSpan(note.id, mention.start, mention.end)
            last = Dropped(condition, span, note.id, note.author, note.recorded_at)
    return last


def _says_over(note: Note, reading: Reading, mention: Mention, over: tuple[str, ...]) -> bool:
    sentence = reading.sentences[mention.sentence]
    return bool(_words(over).search(note.text, sentence.start, sentence.end))


@lru_cache(maxsize=8)
def _words(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, phrases))})\b", re.IGNORECASE)
