"""Composing a letter: the questions of one physician about one encounter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby
from pathlib import Path

from cdi.domain.encounter import Encounter, Patient
from cdi.domain.finding import Finding, NoteSpan, QueryType
from cdi.domain.letter import (
    Indicator,
    Letter,
    LetterForm,
    Option,
    OptionKind,
    Purpose,
    Question,
)
from cdi.errors import LetterError
from cdi.letters.answers import answer_options, needed_names
from cdi.letters.context import Answer, FactGroup, LetterContext, QuestionContext, QuotedFact
from cdi.letters.facts import choose_facts
from cdi.letters.rendering import HTML, TEXT, render_lead, render_letter
from cdi.rules.catalogue import Catalogue

# A subject line is cut off after about this many characters on a phone.
_SUBJECT_LENGTH = 78
# The permitted uses of yes/no; an undocumented diagnosis or a procedure has none.
_PURPOSES = {
    QueryType.POA: Purpose.PRESENT_ON_ADMISSION,
    QueryType.SPECIFICITY: Purpose.SUBSTANTIATE,
    QueryType.VALIDATION: Purpose.SUBSTANTIATE,
    QueryType.CAUSE: Purpose.CAUSE_EFFECT,
    QueryType.CONFLICT: Purpose.CONFLICT,
}


def compose(
    findings: Sequence[Finding],
    encounter: Encounter,
    catalogue: Catalogue,
    recipient: str = "",
    letterhead: Path | None = None,
) -> Letter:
    """Return one letter that asks about all the findings.

    Args:
        findings: of this encounter, in the order in which to ask.
        encounter: the record; every quoted fact is read from it now.
        catalogue: the rules that raised the findings.
        recipient: the physician asked, as the letter addresses them.
        letterhead: folder of a facility's own templates; those it lacks are the release's.

    Raises:
        LetterError: there is nothing to ask, a finding is not of this catalogue, evidence does
            not resolve in the record, or a template is wrong; names ids only.
    """
    if not findings:
        raise LetterError(f"encounter {encounter.id}: there is no finding to ask about")
    questions: list[Question] = []
    quoted = 0
    for finding in findings:
        question = _question(finding, encounter, catalogue, quoted + 1)
        quoted += len(question.indicators)
        questions.append(question)
    letter = Letter(
        encounter_id=encounter.id,
        recipient=recipient,
        subject=_subject([question.topic for question in questions]),
        questions=tuple(questions),
        text="",
        html="",
        patient_id=encounter.patient.id if encounter.patient else "",
    )
    return recompose(letter, findings, encounter, catalogue, letterhead)


def recompose(
    letter: Letter,
    findings: Sequence[Finding],
    encounter: Encounter,
    catalogue: Catalogue,
    letterhead: Path | None = None,
) -> Letter:
    """Return an edited letter with its text and HTML rendered anew from subject and questions.

    Args:
        letter: as edited.
        findings: one for each question, in their order.
        encounter: the record.
        catalogue: the rules that raised the findings.
        letterhead: folder of a facility's own templates; those it lacks are the release's.

    Raises:
        LetterError: a template is wrong.
    """
    contexts = [
        _question_context(
            question,
            number,
            render_lead(question.query_type, letterhead),
            _axis_titles(finding, catalogue),
            encounter.admitted_at,
        )
        for number, (question, finding) in enumerate(
            zip(letter.questions, findings, strict=True), 1
        )
    ]
    context = _letter_context(letter.subject, letter.recipient, encounter, contexts)
    return replace(
        letter,
        text=render_letter(context, TEXT, letterhead),
        html=render_letter(context, HTML, letterhead),
    )


def _question(finding: Finding, encounter: Encounter, catalogue: Catalogue, first: int) -> Question:
    condition = catalogue.conditions.get(finding.condition)
    spec = condition.spec.findings.get(finding.id) if condition else None
    if condition is None or spec is None:
        raise LetterError(f"{finding.key}: the catalogue has no such finding")
    facts = choose_facts(finding, encounter, needed_names(spec, condition.facts), first)
    options = answer_options(spec, facts, condition.facts)
    return Question(
        condition=finding.condition,
        finding=finding.id,
        query_type=finding.type,
        # Where the record supports no answer worth listing, the question is left open.
        form=spec.form if options else LetterForm.OPEN_ENDED,
        topic=_topic(finding, catalogue),
        stem=spec.question.strip(),
        indicators=tuple(fact.indicator for fact in facts),
        options=options,
        purpose=_PURPOSES.get(finding.type) if spec.form is LetterForm.YES_NO else None,
    )


def _topic(finding: Finding, catalogue: Catalogue) -> str:
    """Return the neutral subject: of a contradiction that of the condition it is about."""
    return catalogue.condition(finding.about or finding.condition).spec.topic


def _axis_titles(finding: Finding, catalogue: Catalogue) -> tuple[str, ...]:
    """Return what is not specified; of a diagnosis nobody documented that would say too much."""
    if finding.type is not QueryType.SPECIFICITY:
        return ()
    axes = catalogue.conditions[finding.condition].spec.axes
    return tuple(axes[name].title or name if name in axes else name for name in finding.missing)


def _subject(topics: Sequence[str]) -> str:
    """Return a neutral subject that names the topics, or their number where they are many."""
    distinct = tuple(dict.fromkeys(topics))
    subject = f"Clarification: {'; '.join(distinct)}"
    if len(subject) <= _SUBJECT_LENGTH:
        return subject
    return f"Clarification: {len(topics)} documentation questions"


def _letter_context(
    subject: str, recipient: str, encounter: Encounter, questions: Sequence[QuestionContext]
) -> LetterContext:
    patient = encounter.patient or Patient("")
    return LetterContext(
        subject=subject,
        recipient=recipient,
        patient_name=patient.name,
        patient_id=patient.id,
        birth_date=_date(patient.birth_date),
        encounter_id=encounter.id,
        admitted=_time(encounter.admitted_at),
        questions=tuple(questions),
    )


def _question_context(
    question: Question,
    number: int,
    lead: str,
    missing: tuple[str, ...],
    admitted: datetime | None,
) -> QuestionContext:
    return QuestionContext(
        number=number,
        topic=_sentence_case(question.topic),
        lead=lead,
        groups=tuple(
            FactGroup(_sentence_case(group), tuple(_quoted_fact(i, admitted) for i in indicators))
            for group, indicators in groupby(question.indicators, key=lambda i: i.group)
        ),
        stem=question.stem,
        missing=missing,
        answers=tuple(map(_answer, question.options)),
        template=question.form.value,
    )


def _quoted_fact(indicator: Indicator, admitted: datetime | None) -> QuotedFact:
    return QuotedFact(
        text=indicator.text,
        source=indicator.source,
        time=_short_time(indicator.recorded_at, admitted),
        verbatim=isinstance(indicator.pointer, NoteSpan),
    )


def _answer(option: Option) -> Answer:
    asks_words = option.kind is OptionKind.OTHER or "(please " in option.text
    return Answer(option.text, asks_words)


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


def _date(day: date | None) -> str:
    """Return "Jun 2, 2026", which reads the same on both sides of the Atlantic."""
    return f"{day:%b} {day.day}, {day.year}" if day else ""


def _short_time(moment: datetime | None, admitted: datetime | None) -> str:
    """Return "Jun 2, 14:40" in the year of admission; another year is always told."""
    if moment is None or admitted is None or moment.year != admitted.year:
        return _time(moment)
    return f"{moment:%b} {moment.day}, {moment:%H:%M}"


def _time(moment: datetime | None) -> str:
    return f"{_date(moment.date())}, {moment:%H:%M}" if moment else ""
