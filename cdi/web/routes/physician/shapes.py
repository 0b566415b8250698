"""From records to what the physician's templates show; codes and conditions have no place here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Annotated

from cdi.domain.actor import StaffRole
from cdi.domain.encounter import Encounter
from cdi.domain.finding import NoteSpan
from cdi.domain.letter import Indicator, Letter, Option, OptionKind, Question
from cdi.domain.query import QueryState
from cdi.letters.rendering import render_lead
from cdi.web.moments import local, tell_short
from cdi.web.visit import Visit, visit_of
from cdi.workflow.addendum import AnswerGiven
from cdi.workflow.answer_sheets import AnswerSheet, AskedQuery

PhysicianVisit = Annotated[Visit, visit_of(StaffRole.PHYSICIAN)]

STATES = {
    QueryState.ANSWERED: "It has been answered.",
    QueryState.VERIFIED: "It has been answered, and the record says so.",
    QueryState.CLOSED: "It has been answered and closed.",
    QueryState.WITHDRAWN: "It was withdrawn and needs no answer any more.",
    QueryState.RESOLVED: "The record answered it meanwhile.",
    QueryState.EXPIRED: "Its time has passed.",
    QueryState.DECLINED: "It was given back to the documentation specialist.",
}


@dataclass(frozen=True, slots=True)
class PatientLine:
    """Who a question is about, on two lines of a phone."""

    name: str
    details: str


@dataclass(frozen=True, slots=True)
class FactShown:
    """A fact with its source and time; ``id`` opens its place in the record."""

    id: str
    text: str
    verbatim: bool
    source: str
    time: str
    remark: str


@dataclass(frozen=True, slots=True)
class OptionShown:
    """An answer to tap; ``place`` is what is posted."""

    place: int
    text: str
    asks_words: bool
    needs_words: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class QuestionShown:
    """One question with its facts and answers, and what was answered so far."""

    query_id: str
    revision: int
    position: int
    topic: str
    lead: str
    stem: str
    facts: tuple[tuple[str, tuple[FactShown, ...]], ...]
    options: tuple[OptionShown, ...]
    words: str
    answered: bool

    @property
    def path(self) -> str:
        """Where it is answered."""
        return f"/questions/{self.query_id}/{self.position + 1}"


def shape_patient(stay: Encounter, zone: str, now: datetime) -> PatientLine:
    """Return who it is: name or number, then age, sex, unit, day of admission."""
    patient = stay.patient
    today = local(now, zone).date()
    details = [
        _age(patient.birth_date, today) if patient and patient.birth_date else "",
        patient.sex or "" if patient else "",
        stay.unit,
        f"admitted {_day(stay.admitted_at, zone)}" if stay.admitted_at else "",
    ]
    name = (patient.name or f"MRN {patient.id}") if patient else f"Stay {stay.id}"
    return PatientLine(name, " · ".join(filter(None, details)))


def shape_questions(sheet: AnswerSheet) -> list[QuestionShown]:
    """Return every question that may be answered for the patient, those due first at the top."""
    return [
        shape_question(query, position, sheet.zone)
        for query in sheet.open_queries
        for position in range(len(query.letter.questions))
    ]


def shape_question(asked: AskedQuery, position: int, zone: str) -> QuestionShown:
    """Return one question of a query."""
    question = asked.letter.questions[position]
    given = asked.kept.get(position)
    return QuestionShown(
        asked.row.id,
        asked.row.letter_revision,
        position,
        sentence_case(question.topic),
        render_lead(question.query_type),
        question.stem.strip(),
        tuple(
            (sentence_case(group), tuple(_fact(fact, zone) for fact in facts))
            for group, facts in groupby(question.indicators, key=lambda fact: fact.group)
        ),
        tuple(_options(question, given)),
        given.words if given else "",
        given is not None,
    )


def topics_of(letter: Letter) -> list[str]:
    """Return the subjects of the questions of a letter."""
    return [sentence_case(question.topic) for question in letter.questions]


def sentence_case(text: str) -> str:
    """Return a text with its first letter large."""
    return text[:1].upper() + text[1:]


def _options(question: Question, given: AnswerGiven | None) -> list[OptionShown]:
    return [
        OptionShown(
            place,
            option.text,
            _asks_words(option),
            option.kind is OptionKind.OTHER,
            given is not None and given.option == place,
        )
        for place, option in enumerate(question.options)
    ]


def _asks_words(option: Option) -> bool:
    return option.kind is OptionKind.OTHER or "(please " in option.text


def _fact(fact: Indicator, zone: str) -> FactShown:
    remark = f"earlier stay: {fact.pertinence}" if fact.prior else ""
    return FactShown(
        fact.id if fact.pointer is not None else "",
        fact.text,
        isinstance(fact.pointer, NoteSpan),
        fact.source,
        tell_short(fact.recorded_at, zone),
        remark,
    )


def _age(born: date, today: date) -> str:
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return f"{years} years"


def _day(at: datetime, zone: str) -> str:
    return tell_short(at, zone).rpartition(" ")[0]
