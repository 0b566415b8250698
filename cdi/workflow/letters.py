"""Letters of queries: composed, judged by the compliance pack, kept version by version."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cdi.compliance import check_against, reference_of, stamped
from cdi.domain.actor import Actor
from cdi.domain.encounter import Encounter
from cdi.domain.finding import Finding, Review
from cdi.domain.letter import Letter, Level, OptionKind, Question, Violation
from cdi.domain.letter import Option as LetterOption
from cdi.errors import InputError
from cdi.letters import recompose
from cdi.letters.facts import record_facts
from cdi.storage import Session
from cdi.storage.json_record import to_json
from cdi.storage.tables import FacilityRow, LetterRow, QueryRow
from cdi.workflow.desk import Desk


@dataclass(frozen=True, slots=True)
class QuestionEdit:
    """A question as the specialist left it.

    Attributes:
        stem: the question itself.
        options: texts and kinds; one that is as it was keeps its code and support.
        facts: ids of the indicators that stay, in their order; those that :func:`record_facts`
            names are added from the record. Facts are never typed.
    """

    stem: str
    options: tuple[tuple[str, OptionKind], ...]
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LetterEdit:
    """A letter as the specialist left it: every question, in order."""

    subject: str
    questions: tuple[QuestionEdit, ...]


def judge(desk: Desk, letter: Letter, review: Review) -> tuple[Violation, ...]:
    """Return what the practice rules say of a letter, the record being what was reviewed."""
    return check_against(letter, reference_of(review, desk.pack), desk.pack)


def stopping(violations: Collection[Violation]) -> tuple[Violation, ...]:
    """Return the violations that keep a letter from being sent; warnings do not."""
    return tuple(violation for violation in violations if violation.level is not Level.WARN)


def letterhead_of(desk: Desk, session: Session, facility_id: str) -> Path | None:
    """Return the folder of a facility's own templates; None if it has none."""
    facility = session.get(FacilityRow, facility_id)
    return desk.letterheads.get(facility.code) if facility else None


def apply_edit(
    letter: Letter,
    edit: LetterEdit,
    findings: Sequence[Finding],
    encounter: Encounter,
    desk: Desk,
    letterhead: Path | None = None,
) -> Letter:
    """Return the letter with an edit, rendered anew.

    Raises:
        InputError: the edit has another number of questions, or names a fact the letter lacks.
    """
    if len(edit.questions) != len(letter.questions):
        raise InputError(f"the letter has {len(letter.questions)} questions", field="questions")
    questions = []
    used = max((_place(fact.id) for q in letter.questions for fact in q.indicators), default=0)
    for number, (question, change) in enumerate(zip(letter.questions, edit.questions, strict=True)):
        facts = {indicator.id: indicator for indicator in question.indicators}
        added = [name for name in dict.fromkeys(change.facts) if name not in facts]
        known = record_facts(findings[number], encounter) if added else {}
        for name in added:
            if name not in known:
                raise InputError("no such fact", field=f"questions[{number}].facts")
            used += 1
            facts[name] = replace(known[name], id=f"i{used}")
        options = {(option.text, option.kind): option for option in question.options}
        questions.append(
            replace(
                question,
                stem=change.stem,
                indicators=tuple(facts[name] for name in change.facts),
                options=tuple(
                    options.get(wanted, LetterOption(*wanted)) for wanted in change.options
                ),
            )
        )
    edited = replace(letter, subject=edit.subject, questions=tuple(questions))
    return recompose(edited, findings, encounter, desk.scanner.catalogue, letterhead)


def edit_of(letter: Letter) -> LetterEdit:
    """Return the edit that leaves a letter as it is."""
    return LetterEdit(letter.subject, tuple(edit_of_question(q) for q in letter.questions))


def edit_of_question(question: Question) -> QuestionEdit:
    """Return the edit that leaves a question as it is."""
    return QuestionEdit(
        question.stem,
        tuple((option.text, option.kind) for option in question.options),
        tuple(indicator.id for indicator in question.indicators),
    )


def _place(identifier: str) -> int:
    number = identifier.removeprefix("i")
    return int(number) if number.isdigit() else 0


def add_letter(
    desk: Desk,
    session: Session,
    query: QueryRow,
    letter: Letter,
    violations: Collection[Violation],
    actor: Actor,
) -> LetterRow:
    """Keep a version of a query's letter with what was found wrong in it."""
    content = to_json(stamped(letter, violations, desk.pack))
    row = LetterRow(
        query_id=query.id,
        revision=query.letter_revision,
        written_at=desk.now(),
        written_by=actor.id,
        content_hash=desk.store.digest(content),
        pack_version=desk.pack_version,
        violations=[violation_record(violation) for violation in violations],
        content=content,
    )
    session.add(row)
    session.flush()
    return row


def violation_record(violation: Violation) -> dict[str, str]:
    """Return a violation without words of letter or record, as it may be kept beside it."""
    why = violation.why.replace(violation.text, "...") if violation.text else violation.why
    return {
        "rule": violation.rule,
        "where": violation.where,
        "level": violation.level.value,
        "why": _QUOTED.sub('"..."', why),
    }


_QUOTED = re.compile(r'"[^"]*"')
