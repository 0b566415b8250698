"""The story of an encounter: what was asked when, and how each finding lived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cdi.domain.encounter import Encounter
from cdi.domain.exposure import Exposure
from cdi.domain.finding import Finding, NoteSpan, Pointer, QueryType, Review


class TurnKind(StrEnum):
    """What happened to a finding."""

    OPENED = "opened"
    STRENGTHENED = "strengthened"
    WEAKENED = "weakened"
    CHANGED = "changed"
    """The question became another one: of another type, or for other axes."""
    RESOLVED = "resolved"
    REOPENED = "reopened"

    @property
    def opens(self) -> bool:
        """Whether the finding is open from here on, if it was not."""
        return self in (TurnKind.OPENED, TurnKind.REOPENED)


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn in the life of a finding.

    Attributes:
        kind: what happened.
        at: when that which caused it became part of the record.
        type: what kind of question it was from then on, or until then if it was resolved.
        missing: the axes it asked for.
        reason: why, in plain words that name rules, notes and authors and quote nothing.
        evidence: what brought it about.
        note: id of the note that brought it about, "" if it was none.
        author: who wrote that note.
    """

    kind: TurnKind
    at: datetime | None
    type: QueryType
    missing: tuple[str, ...]
    reason: str
    evidence: tuple[Pointer, ...] = ()
    note: str = ""
    author: str = ""


@dataclass(frozen=True, slots=True)
class Life:
    """A finding from its first day on.

    Attributes:
        id: the same in every review of the encounter, however its question changes:
            ``<encounter>/<condition>``, of a conflict also the condition it is about.
        condition: the condition asked about.
        about: for a conflict the condition whose statements contradict each other.
        turns: what happened, in order; the first opened it.
        finding: what it says, or said last.
        copies: how many later notes repeat its evidence word for word and were not counted.
    """

    id: str
    condition: str
    about: str
    turns: tuple[Turn, ...]
    finding: Finding
    copies: int = 0

    @property
    def open(self) -> bool:
        """Whether it stands now."""
        return self.turns[-1].kind is not TurnKind.RESOLVED


class Presence(StrEnum):
    """Whether a condition was present on admission, as far as its timing tells."""

    YES = "yes"
    NO = "no"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class Onset:
    """When a condition first showed, and what that suggests. A suggestion; the provider decides.

    Attributes:
        condition: the condition.
        presence: whether it was present on admission.
        reason: why, in plain words.
        at: when the first evidence became part of the record or was true.
        evidence: the first evidence.
    """

    condition: str
    presence: Presence
    reason: str
    at: datetime
    evidence: Pointer


@dataclass(frozen=True, slots=True)
class Dropped:
    """A diagnosis of the first notes, never ruled out or over, that the summary is silent of.

    Attributes:
        condition: the condition.
        words: where it was last documented.
        note: id of that note.
        author: who wrote it.
        at: when.
    """

    condition: str
    words: NoteSpan
    note: str
    author: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Story:
    """A stay reviewed as it went along.

    Attributes:
        encounter: what was recorded up to ``as_of``.
        as_of: the moment it is told at; None: of everything recorded.
        review: the review at that moment.
        lives: every finding that was ever open, in the order in which they first opened.
        onsets: when conditions first showed of which it matters; no findings.
        dropped: diagnoses not carried into the discharge summary; no findings.
        exposures: drugs and devices with the time they were given or in place.
    """

    encounter: Encounter
    as_of: datetime | None
    review: Review
    lives: tuple[Life, ...]
    onsets: tuple[Onset, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    exposures: tuple[Exposure, ...] = ()

    @property
    def resolved(self) -> tuple[Life, ...]:
        """The findings that were open at an earlier moment and are not now."""
        return tuple(life for life in self.lives if not life.open)
