"""What the language pipeline reads from one note: small frozen facts with offsets.

They are named tuples: cheap to make by the thousand, picklable, and free of spaCy objects, so
that they cross processes, caches and the database unchanged. All offsets are code points of the
note's original text, end exclusive.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import NamedTuple, overload

from cdi.domain.encounter import Note


class Assertion(StrEnum):
    """What the text claims about a mention."""

    PRESENT = "present"
    POSSIBLE = "possible"
    ABSENT = "absent"
    HISTORICAL = "historical"
    FAMILY = "family"
    HYPOTHETICAL = "hypothetical"


class Certainty(StrEnum):
    """How sure the writer is.

    ICD-10-CM Official Guidelines, section II.H: at discharge "probable", "likely", "suspected"
    and "consistent with" are coded as if established; a work-up in progress is not.
    """

    STATED = "stated"
    PROBABLE = "probable"
    WORKUP = "workup"


def is_claimed(assertion: Assertion, certainty: Certainty) -> bool:
    """Tell what is claimed of this patient now, at least as probable."""
    return assertion is Assertion.PRESENT or (
        assertion is Assertion.POSSIBLE and certainty is Certainty.PROBABLE
    )


class Section(NamedTuple):
    """A part of a note. ``kind`` is a name of ``models/language/sections.yaml``, "" if unknown.

    The heading spans ``heading`` to ``start``; the body ``start`` to ``end``.
    """

    kind: str
    heading: int
    start: int
    end: int


class Sentence(NamedTuple):
    """A sentence, heading or list line.

    ``item`` numbers the list item or paragraph it stands in, counted through the note: sentences
    of one item speak of one problem ("1. CHF. Acute on chronic. EF 20 %.").
    """

    start: int
    end: int
    item: int


class Judgement(NamedTuple):
    """The assertion of a span and the cue that decided it (start and end equal if none did)."""

    assertion: Assertion
    certainty: Certainty
    cue_start: int
    cue_end: int


HEADS = frozenset({"documented", "vague"})
"""The term groups that name a condition, exactly or vaguely; others tell of its parts and signs."""


class Mention(NamedTuple):
    """A span that names something a condition cares about.

    Attributes:
        condition: id of the condition whose pack defines the term.
        name: the term group in that pack: "documented", "vague", an axis, an indicator.
        value: the axis value, "" for term groups.
        assertion, certainty: what the text claims of it.
        reported: True if the words are those of a report (imaging, ECG, pathology), which are
            an indicator but never a provider's diagnosis.
        section: kind of the section it stands in.
        sentence: index into ``Reading.sentences``.
        cue_start, cue_end: the cue that decided the assertion; equal if none did.
    """

    condition: str
    name: str
    value: str
    start: int
    end: int
    assertion: Assertion
    certainty: Certainty
    reported: bool
    section: str
    sentence: int
    cue_start: int
    cue_end: int


class Timing(StrEnum):
    """Which moment a value in a text speaks of."""

    CURRENT = "current"
    BASELINE = "baseline"
    PRIOR = "prior"
    GOAL = "goal"


class Measurement(NamedTuple):
    """A value read from a text.

    Attributes:
        analyte: a name of ``models/measurements``.
        value: in the analyte's canonical unit; the lower end of a range.
        high: the upper end of a range ("20 to 25 %"), else equal to ``value``.
        comparator: "<", ">" or "" ("platelets < 20").
        timing: current, a stated baseline, an earlier value ("up from 1.2"), or a goal.
        start, end: from the analyte's name to the end of the value and its unit.
        value_start, value_end: the value itself.
        section: kind of the section it stands in.
        sentence: index into ``Reading.sentences``.
        qualifier: what was said of how it was measured ("room air", "4 L"), "" if nothing.
    """

    analyte: str
    value: float
    high: float
    comparator: str
    timing: Timing
    start: int
    end: int
    value_start: int
    value_end: int
    section: str
    sentence: int
    qualifier: str


class Attachment(NamedTuple):
    """An axis value attached to a mention; both are indexes into ``Reading.mentions``."""

    mention: int
    value: int


class Abbreviation(NamedTuple):
    """A short form defined in the note ("acute kidney injury (AKI)")."""

    short_start: int
    short_end: int
    long_start: int
    long_end: int


class Reading(NamedTuple):
    """Everything read from one note."""

    note_id: str
    sections: tuple[Section, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    mentions: tuple[Mention, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    abbreviations: tuple[Abbreviation, ...] = ()
    age: int | None = None
    sex: str | None = None


class LateReadings(Sequence[Reading]):
    """The readings of some notes, each made when it is first looked at.

    A review reads no more of a note than its findings need; whoever wants to see all of it has it
    read then. In a pickle they are a tuple.

    Args:
        read: reads a note; asked once for each.
        notes: the notes, in order.
    """

    def __init__(self, read: Callable[[Note], Reading], notes: Sequence[Note]) -> None:
        self._read, self._notes = read, notes
        self._made: dict[int, Reading] = {}

    @overload
    def __getitem__(self, place: int) -> Reading: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Reading, ...]: ...

    def __getitem__(self, place: int | slice) -> Reading | tuple[Reading, ...]:
        """Return the reading of a note, or of several."""
        if isinstance(place, slice):
            return tuple(self[number] for number in range(len(self))[place])
        number = range(len(self))[place]
        if number not in self._made:
            self._made[number] = self._read(self._notes[number])
        return self._made[number]

    def __len__(self) -> int:
        """Return the number of notes."""
        return len(self._notes)

    def __eq__(self, other: object) -> bool:
        """Tell whether the same was read."""
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        """Return the hash of what was read."""
        return hash(tuple(self))

    def __reduce__(self) -> tuple[type, tuple[tuple[Reading, ...]]]:
        """Return how to make a tuple of these elsewhere."""
        return tuple, (tuple(self),)
