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


class Channel(StrEnum):
    """The way a question reaches the physician; all ways pass the same checks (rule Q29)."""

    LETTER = "letter"
    PORTAL = "portal"
    EMAIL_SUBJECT = "email_subject"
    PUSH = "push"
    CDS_CARD = "cds_card"
    VERBAL_NOTE = "verbal_note"
    REMINDER = "reminder"


class Purpose(StrEnum):
    """The four permitted uses of a yes/no question (rule Q16)."""

    PRESENT_ON_ADMISSION = "present_on_admission"
    SUBSTANTIATE = "substantiate_documented"
    CAUSE_EFFECT = "cause_effect"
    CONFLICT = "conflict"


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
    A fact without a pointer is a claim nobody can check, and is reported (rule Q02).

    ``prior`` marks a fact of an earlier encounter, which needs ``pertinence``: why it matters now
    (rule Q20).
    """

    id: str
    text: str
    source: str
    recorded_at: datetime | None
    pointer: Pointer | None
    group: str = ""
    prior: bool = False
    pertinence: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer. ``code`` is for the coder and never shown to the physician."""

    text: str
    kind: OptionKind
    supported_by: tuple[str, ...] = ()
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One numbered question of a letter: which finding asks it, its facts and its options.

    ``purpose`` says which permitted use a yes/no question has; None if none.
    """

    condition: str
    finding: str
    query_type: QueryType
    form: LetterForm
    topic: str
    stem: str
    indicators: tuple[Indicator, ...]
    options: tuple[Option, ...]
    purpose: Purpose | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one physician about one encounter; ``text`` and ``html`` are as rendered.

    Attributes:
        body: words of the writer outside the questions; composed letters have none.
        patient_id: whom it is about, if it says so.
        pack: version of the compliance rules it passed; "" if it was not checked or did not pass.
    """

    encounter_id: str
    recipient: str
    subject: str
    questions: tuple[Question, ...]
    text: str
    html: str
    body: str = ""
    patient_id: str = ""
    channel: Channel = Channel.LETTER
    pack: str = ""


class Level(StrEnum):
    """What a violation does: stops the letter, stops it unless a reason is given, or warns."""

    BLOCK = "block"
    OVERRIDE = "override"
    WARN = "warn"


class AuditOutcome(StrEnum):
    """Whether a letter keeps a rule (rule Q41). Only an auditor says that a rule does not apply."""

    MET = "met"
    OPPORTUNITY = "opportunity"
    NOT_APPLICABLE = "n/a"


@dataclass(frozen=True, slots=True)
class Violation:
    """What a compliance check found wrong in a letter.

    Attributes:
        rule: Q number of the practice rule.
        where: the part of the letter ("subject", "questions[0].options").
        text: the offending words; "" if something is missing.
        why: the reason, as a physician auditor would give it.
        fix: what would mend it, if that can be computed.
        span: where ``text`` starts and ends in the part; None if the part itself is at fault.
        source: the published text the rule follows.
    """

    rule: str
    where: str
    text: str
    why: str
    fix: str = ""
    level: Level = Level.BLOCK
    span: tuple[int, int] | None = None
    source: str = ""
