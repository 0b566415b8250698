"""Drugs while they were given, and devices from their insertion to their removal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from cdi.domain.encounter import Encounter, Medication, MedicationKind, Note, Role
from cdi.domain.exposure import Exposure, ExposureKind
from cdi.domain.finding import NoteSpan
from cdi.domain.reading import Reading
from cdi.domain.timeline import instant
from cdi.rules.stay import DeviceSpec, DevicesSpec

_SPACE = re.compile(r"\s+")
# Those who see the patient; a report on an image tells of a tip, not of a day.
_AT_BEDSIDE = frozenset({Role.PROVIDER, Role.NURSING})


class _Event(NamedTuple):
    """A device is said to be in place, or out."""

    at: datetime
    inserted: bool
    source: str
    words: NoteSpan | None = None


class _Told(NamedTuple):
    """A sentence or the name of a procedure that may tell of a device."""

    at: datetime
    text: str
    source: str
    words: NoteSpan | None = None


class _Patterns(NamedTuple):
    inserted: re.Pattern[str]
    removed: re.Pattern[str]


def drug_exposures(encounter: Encounter) -> Iterator[Exposure]:
    """Yield the drugs of a stay with the time they were given.

    An order without an end goes on until discharge, a dose without one is a moment. What was
    prescribed for use at home, or has no time, is none.
    """
    for drug in encounter.medications:
        begin = drug.started_at or drug.recorded_at
        if begin is None or drug.kind is MedicationKind.PRESCRIBED:
            continue
        end = _end(drug, begin, encounter.discharged_at)
        yield Exposure(ExposureKind.DRUG, drug.name, begin, end, drug.id)


def _end(drug: Medication, begin: datetime, discharged: datetime | None) -> datetime | None:
    if drug.ended_at is not None:
        return drug.ended_at
    return begin if drug.kind is MedicationKind.ADMINISTERED else discharged


class DeviceLog:
    """What the notes of a stay tell of devices; each note is read once.

    Args:
        spec: the words that tell of devices.
    """

    def __init__(self, spec: DevicesSpec) -> None:
        self._spec = spec
        self._told: list[_Told] = []

    def take(self, note: Note, reading: Reading) -> None:
        """Take in a note that counts."""
        self._told += _sentences(note, reading, self._spec)

    def exposures(self, encounter: Encounter, kind: str = "") -> Iterator[Exposure]:
        """Yield devices from the first word that they are in place to that they are out.

        Args:
            encounter: the stay. A device still in place at discharge ends with it.
            kind: only of this kind of device; all if empty.
        """
        told = list(_first_written(self._told))
        denied = _any_of(self._spec.denied)
        for name, device in self._spec.kinds.items():
            if kind and name != kind:
                continue
            events = [*_events(told, _patterns(device), denied), *_procedures(encounter, device)]
            events.sort(key=lambda event: instant(event.at))  # those of one note stay in its order
            yield from _in_place(name, events, encounter.discharged_at)


def device_exposures(
    encounter: Encounter, readings: Sequence[Reading], spec: DevicesSpec
) -> Iterator[Exposure]:
    """Yield the devices of a stay with the time they were in place.

    Args:
        encounter: the stay.
        readings: of its notes.
        spec: the words that tell of devices.
    """
    log = DeviceLog(spec)
    by_note = {reading.note_id: reading for reading in readings}
    for note in encounter.notes:
        if note.id in by_note and note.status.counts:
            log.take(note, by_note[note.id])
    yield from log.exposures(encounter)


def _first_written(told: Iterable[_Told]) -> Iterator[_Told]:
    """Yield each sentence where it was written first, in order of time."""
    seen: set[str] = set()
    for each in sorted(told, key=lambda told: instant(told.at)):
        if each.text not in seen:
            yield each
        seen.add(each.text)


def _in_place(
    name: str, events: Iterable[_Event], discharged: datetime | None
) -> Iterator[Exposure]:
    begun: _Event | None = None
    for event in events:
        if event.inserted:
            begun = begun or event
        elif begun is not None:
            yield Exposure(ExposureKind.DEVICE, name, begun.at, event.at, begun.source, begun.words)
            begun = None
    if begun is not None:
        yield Exposure(ExposureKind.DEVICE, name, begun.at, discharged, begun.source, begun.words)


def _sentences(note: Note, reading: Reading, spec: DevicesSpec) -> Iterator[_Told]:
    """Yield the sentences of a note that may tell of this stay."""
    mentioned = _any_of(tuple(w for d in spec.kinds.values() for w in _heads(d)))
    if (
        note.recorded_at is None
        or note.role not in _AT_BEDSIDE
        or _any_of(spec.not_kinds).search(note.kind)
        or not mentioned.search(note.text)
    ):
        return
    unless = _any_of(spec.unless)
    for text, words in _of_this_stay(note, reading, spec):
        if mentioned.search(text) and not unless.search(text):
            yield _Told(note.recorded_at, text, note.id, words)


def _heads(device: DeviceSpec) -> tuple[str, ...]:
    """Return words of which one stands in every sentence that tells of a device."""
    return device.names or (*device.inserted, *device.removed)


def _of_this_stay(
    note: Note, reading: Reading, spec: DevicesSpec
) -> Iterator[tuple[str, NoteSpan]]:
    past = [s for s in reading.sections if s.kind in spec.not_sections]
    for sentence in reading.sentences:
        if not any(section.start <= sentence.start < section.end for section in past):
            text = _SPACE.sub(" ", note.text[sentence.start : sentence.end]).strip()
            yield text, NoteSpan(note.id, sentence.start, sentence.end)


def _events(
    told: Iterable[_Told], patterns: _Patterns, denied: re.Pattern[str]
) -> Iterator[_Event]:
    """Yield what each sentence says last: "extubated, then intubated again" is in place."""
    for at, text, source, words in told:
        said = [
            (found.end(), inserted)
            for inserted, pattern in ((True, patterns.inserted), (False, patterns.removed))
            for found in pattern.finditer(text)
            if not denied.search(text, 0, found.end())
        ]
        if said:
            yield _Event(at, max(said)[1], source, words)


def _procedures(encounter: Encounter, device: DeviceSpec) -> Iterator[_Event]:
    patterns, lasting = _patterns(device), _any_of(device.lasting)
    for done in encounter.procedures:
        if done.started_at is None:
            continue
        if lasting.search(done.name):
            yield _Event(done.started_at, inserted=True, source=done.id)
            if done.ended_at is not None:
                yield _Event(done.ended_at, inserted=False, source=done.id)
        else:
            yield from _events([_Told(done.started_at, done.name, done.id)], patterns, _any_of(()))


def _patterns(device: DeviceSpec) -> _Patterns:
    return _Patterns(
        _said_of(device.names, device.inserted, device.removed),
        _said_of(device.names, device.removed, device.inserted),
    )


@lru_cache(maxsize=32)
def _said_of(
    names: tuple[str, ...], words: tuple[str, ...], contrary: tuple[str, ...]
) -> re.Pattern[str]:
    """Return what finds "Foley was placed" and "placed a new Foley"; the words alone if no names.

    Between the two stands nothing that tells of something else.
    """
    if not names:
        return _any_of(words)
    name, word = _either(names), _either(words)
    other = rf"(?!(?:{_either((*words, *contrary))}|and|or|with)\b)[\w/-]+ "
    after = (
        rf"\b{name},? (?:(?:was|is|has been|had been|now|remains|line|catheter) ){{0,2}}{word}\b"
    )
    return re.compile(rf"{after}|\b{word} (?:of )?(?:{other}){{0,4}}{name}\b", re.IGNORECASE)


@lru_cache(maxsize=32)
def _any_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    # Nothing is found by no phrases.
    return re.compile(rf"\b{_either(phrases)}\b" if phrases else r"(?!)", re.IGNORECASE)


def _either(phrases: tuple[str, ...]) -> str:
    return f"(?:{'|'.join(map(re.escape, sorted(phrases, key=len, reverse=True)))})"
