"""Whether the record says what a letter quotes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cached_property
from typing import NamedTuple

from cdi.domain.encounter import Encounter, Observation
from cdi.domain.finding import NoteSpan, ObservationPointer, Pointer
from cdi.domain.letter import Indicator
from cdi.domain.record import Quotation as Original
from cdi.domain.record import RecordIndex
from cdi.errors import InputError

_QUOTED = re.compile(r"[\"\u201c]([^\"\u201c\u201d\n]{1,300})[\"\u201d]")
_NUMBER = re.compile(r"(?<![\w.])[<>]?\s?\d[\d,]*(?:\.\d+)?(?:/\d+(?:\.\d+)?)?")


class Quotation(NamedTuple):
    """Words between quotation marks, at ``start`` to ``end`` of a text."""

    text: str
    start: int
    end: int


class Disagreement(NamedTuple):
    """How a fact of a letter differs from the record, and what would mend it."""

    why: str
    fix: str


def quoted(text: str) -> Iterator[Quotation]:
    """Yield what stands between quotation marks."""
    for match in _QUOTED.finditer(text):
        yield Quotation(match.group(1), match.start(1), match.end(1))


class Record:
    """The words and values of an encounter.

    Args:
        encounter: the record as it is now.
        wordings: documented diagnoses known besides its notes.
    """

    def __init__(self, encounter: Encounter, wordings: Collection[str] = ()) -> None:
        self._encounter = encounter
        self._wordings = wordings

    @cached_property
    def _index(self) -> RecordIndex:
        return RecordIndex(self._encounter)

    @cached_property
    def _words(self) -> str:
        notes = (note.text for note in self._encounter.notes)
        values = (f"{o.analyte} {o.text}" for o in self._encounter.observations)
        return _plain("\n".join((*notes, *values, *self._wordings)))

    def says(self, words: str) -> bool:
        """Tell whether these words stand in the record, whatever case and white space."""
        return _plain(words).strip(" .,;:") in self._words

    def disagreement(self, indicator: Indicator) -> Disagreement | None:
        """Return how a fact differs from what its pointer leads to; None if it does not.

        Words of a note must be equal; of a value the number, and the unit if it is given. Source
        and time must be the record's where it knows them.
        """
        if indicator.pointer is None:
            return Disagreement(
                "The fact has no pointer into the record, so nobody can check it.",
                "Quote the record with its source and time.",
            )
        try:
            original = self._index.quote(indicator.pointer)
        except InputError:
            return Disagreement(
                "The source is not in this record any more, was retracted or entered in error.",
                "Remove the fact.",
            )
        if not self._same(indicator, original):
            return Disagreement(
                "The record says something else at this place.", f"Quote: {original.text}"
            )
        return self._other_source(indicator, original)

    def _same(self, indicator: Indicator, original: Original) -> bool:
        if _plain(indicator.text) == _plain(original.text):
            return True
        # "The dietitian's wording: "…"" attributes the words before it quotes them.
        words = [_plain(quotation.text) for quotation in quoted(indicator.text)]
        if words == [_plain(original.text)]:
            return True
        if not isinstance(indicator.pointer, ObservationPointer):
            return False
        seen = self.observation(indicator.pointer)
        return seen is not None and _same_value(indicator.text, seen)

    def _other_source(self, indicator: Indicator, original: Original) -> Disagreement | None:
        if self._names_source(indicator) and indicator.source != original.source:
            return Disagreement(
                "The fact has another source in the record.", f"Source: {original.source}"
            )
        if original.recorded_at is not None and indicator.recorded_at != original.recorded_at:
            return Disagreement(
                "The fact has another time in the record.", f"Time: {original.recorded_at}"
            )
        if not indicator.source:
            return Disagreement("The fact does not say where it stands.", "Add source and time.")
        return None

    def _names_source(self, indicator: Indicator) -> bool:
        """Tell whether the record knows what a source is called; a bare record does not."""
        if isinstance(indicator.pointer, NoteSpan):
            note_id = indicator.pointer.note_id
            return any(note.kind for note in self._encounter.notes if note.id == note_id)
        if isinstance(indicator.pointer, ObservationPointer):
            seen = self.observation(indicator.pointer)
            return seen is not None and bool(seen.source)
        return True

    def observation(self, pointer: ObservationPointer) -> Observation | None:
        """Return the observation a pointer leads to."""
        wanted = pointer.observation_id
        return next((o for o in self._encounter.observations if o.id == wanted), None)


def shows(shown: Pointer, found: Pointer) -> bool:
    """Tell whether what is quoted holds, at least in part, what was found."""
    if isinstance(shown, NoteSpan) and isinstance(found, NoteSpan):
        overlaps = shown.start < found.end and found.start < shown.end
        return shown.note_id == found.note_id and overlaps
    return shown == found


def _same_value(text: str, seen: Observation) -> bool:
    """Tell whether a text gives an observed value, and its unit if any.

    A short name ("T" for temperature) and another spelling of the number ("7.0") are the same.
    """
    name = seen.analyte.replace("_", " ")
    rest = re.sub(re.escape(name), " ", text, count=1, flags=re.I)
    if seen.value is None:
        return _tight(seen.text) in _tight(rest)
    unit = _tight(seen.unit)
    for match in re.finditer(r"(?<![\d.])(\d[\d,]*(?:\.\d+)?)([^;]*)", rest):
        if float(match.group(1).replace(",", "")) == abs(seen.value):
            after = _tight(match.group(2)).strip("().;")
            return not after or not unit or after.startswith(unit)
    return False


def numbers(text: str) -> tuple[str, ...]:
    """Return the numbers in a text as written, without thousands separators."""
    return tuple(m.group().replace(",", "").replace(" ", "") for m in _NUMBER.finditer(text))


def _tight(text: str) -> str:
    return re.sub(r"[\s,]", "", text).lower()


def _plain(text: str) -> str:
    return " ".join(text.split()).lower()
