"""What the letter templates may use: the whole contract between Python and ``query_templates/``.

Every value is ready to print. Codes, priorities and rule ids are absent on purpose: a template
cannot show what it is not given.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QuotedFact:
    """A fact of the record.

    Attributes:
        text: the record's own words or value, on one line.
        source: who wrote or measured it.
        time: when, in words; "" if the record does not say.
        verbatim: True for words of a note, which stand in quotation marks.
    """

    text: str
    source: str
    time: str
    verbatim: bool


@dataclass(frozen=True, slots=True)
class FactGroup:
    """Facts under one heading.

    Attributes:
        title: the heading ("Laboratory").
        facts: oldest first.
    """

    title: str
    facts: tuple[QuotedFact, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to choose.

    Attributes:
        text: its wording.
        free_text: True if the physician is to add words.
    """

    text: str
    free_text: bool


@dataclass(frozen=True, slots=True)
class QuestionContext:
    """One question.

    Attributes:
        number: from 1.
        topic: neutral subject ("Renal function").
        lead: what the facts are, in one sentence; from ``lead/<query type>.txt.j2``.
        groups: the facts.
        stem: the question itself.
        missing: parts of the diagnosis that are not specified ("acuity"); empty if none.
        answers: what may be chosen; empty for an open question.
        template: name of the template of the form, without ending.
    """

    number: int
    topic: str
    lead: str
    groups: tuple[FactGroup, ...]
    stem: str
    missing: tuple[str, ...]
    answers: tuple[Answer, ...]
    template: str


@dataclass(frozen=True, slots=True)
class LetterContext:
    """The letter.

    Attributes:
        subject: the neutral subject line.
        recipient: the physician asked; "" if not known yet.
        patient_name: "" if the record has none.
        patient_id: "" if the record has none.
        birth_date: in words; "" if not recorded.
        encounter_id: the stay.
        admitted: when it began, in words; "" if not recorded.
        questions: in order.
    """

    subject: str
    recipient: str
    patient_name: str
    patient_id: str
    birth_date: str
    encounter_id: str
    admitted: str
    questions: tuple[QuestionContext, ...]
