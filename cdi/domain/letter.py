"""A letter: the rendered question to a physician, with a pointer behind every quoted fact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cdi.domain.finding import Pointer, QueryType


class LetterForm(StrEnum):
    """How the question may be answered."""

    MULTIPLE_CHOICE = "multiple_choice"
    YES_NO = "yes_no"
    OPEN_ENDED = "open_ended"


class OptionKind(StrEnum):
    """What choosing an option means."""

    DIAGNOSIS = "diagnosis"
    YES = "yes"
    NO = "no"
    RULED_OUT = "ruled_out"
    NOT_SIGNIFICANT = "not_significant"
    OTHER = "other"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class Indicator:
    """A fact quoted in a letter.

    ``text`` must equal what ``pointer`` says in the record, both when rendered and when sent.
    """

    id: str
    text: str
    source: str
    recorded_at: datetime | None
    pointer: Pointer
    group: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer. ``code`` is for the coder and never shown to the physician."""

    text: str
    kind: OptionKind
    supported_by: tuple[str, ...] = ()
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One numbered question of a letter: which finding asks it, its facts and its options."""

    condition: str
    finding: str
    query_type: QueryType
    form: LetterForm
    topic: str
    stem: str
    indicators: tuple[Indicator, ...]
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one physician about one encounter; ``text`` and ``html`` are as rendered."""

    encounter_id: str
    recipient: str
    subject: str
    questions: tuple[Question, ...]
    text: str
    html: str


class Level(StrEnum):
    """What a violation does: stops the letter, stops it unless a reason is given, or warns."""

    BLOCK = "block"
    OVERRIDE = "override"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Violation:
    """What a compliance check found wrong in a letter.

    ``rule`` is the Q number of the practice rule; ``where`` names the part of the letter
    ("subject", "questions[0].options"), ``text`` the offending words.
    """

    rule: str
    where: str
    text: str
    why: str
    fix: str = ""
    level: Level = Level.BLOCK
