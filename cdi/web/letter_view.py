"""The letter editor: what was posted as an edit, and violations beside the words they are about."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count, pairwise, takewhile
from typing import NamedTuple

from cdi.compliance import Reference
from cdi.domain.letter import Indicator, Level, OptionKind, Violation
from cdi.errors import InputError
from cdi.letters.facts import record_facts
from cdi.web.visit import Visit
from cdi.workflow.letters import LetterEdit, QuestionEdit
from cdi.workflow.references import Stored

_PART = re.compile(r"questions\[(\d+)\](?:\.(stem|options|indicators|topic)(?:\[(\d+)\])?)?")
LEVEL_WORDS = {
    Level.BLOCK: "stops the letter",
    Level.OVERRIDE: "stops it unless a manager overrides",
    Level.WARN: "a hint",
}


class Stretch(NamedTuple):
    """A stretch of a field: plain, or under a violation (``level`` is "" if it is none)."""

    text: str
    level: str
    why: str


@dataclass(frozen=True, slots=True)
class QuestionForm:
    """A question in the editor: its words, its facts, and what may be added from the record."""

    number: int
    topic: str
    stem: str
    options: tuple[tuple[str, OptionKind], ...]
    facts: tuple[tuple[str, Indicator], ...]
    more: tuple[tuple[str, Indicator], ...]


def read_edit(visit: Visit) -> LetterEdit:
    """Return the edit that a form holds: its subject, and as many questions as it has.

    Raises:
        InputError: it is no form of a letter.
    """
    posted = takewhile(lambda number: f"q{number}-stem" in visit.form, count())
    return LetterEdit(
        visit.text("subject"), tuple(_read_question(visit, number) for number in posted)
    )


def make_forms(stored: Stored, reference: Reference, edit: LetterEdit) -> list[QuestionForm]:
    """Return the questions of a letter as they stand in an edit."""
    forms = []
    for number, change in enumerate(edit.questions):
        question = stored.letter.questions[number]
        known: dict[str, Indicator] = {fact.id: fact for fact in question.indicators}
        quoted = {(fact.text, fact.source) for fact in question.indicators}
        record = record_facts(stored.findings[number], reference.encounter)
        known |= {
            name: fact for name, fact in record.items() if (fact.text, fact.source) not in quoted
        }
        facts = tuple((name, known[name]) for name in change.facts if name in known)
        more = tuple((name, fact) for name, fact in known.items() if name not in change.facts)
        forms.append(QuestionForm(number, question.topic, change.stem, change.options, facts, more))
    return forms


def mark_fields(edit: LetterEdit, violations: Sequence[Violation]) -> dict[str, list[Stretch]]:
    """Return the fields of the editor by their id, cut where a violation begins or ends."""
    texts = {"subject": edit.subject}
    for number, question in enumerate(edit.questions):
        texts[f"q{number}-stem"] = question.stem
        texts |= {f"q{number}-o{place}": text for place, (text, _) in enumerate(question.options)}
    return {
        field: _cut(text, [v for v in violations if field_of(v) == field])
        for field, text in texts.items()
    }


def field_of(violation: Violation) -> str:
    """Return the id of the field a violation is about, "" if it is about none."""
    if violation.where == "subject":
        return "subject"
    part = _PART.match(violation.where)
    if part is None:
        return ""
    if part[2] == "stem":
        return f"q{part[1]}-stem"
    if part[2] == "options" and part[3] is not None:
        return f"q{part[1]}-o{part[3]}"
    return ""


def tell_place(violation: Violation) -> str:
    """Return in words where a violation is."""
    part = _PART.match(violation.where)
    if part is None:
        return {"subject": "subject", "text": "letter", "html": "letter"}.get(
            violation.where, violation.where
        )
    names: Mapping[str | None, str] = {
        "stem": "wording",
        "options": "answers",
        "indicators": "facts",
        "topic": "topic",
        None: "",
    }
    return ", ".join(filter(None, (f"question {int(part[1]) + 1}", names[part[2]])))


def _read_question(visit: Visit, number: int) -> QuestionEdit:
    texts, kinds = visit.texts(f"q{number}-option"), visit.texts(f"q{number}-kind")
    known = {kind.value for kind in OptionKind}
    if len(texts) != len(kinds) or not set(kinds) <= known:
        raise InputError("the answers of the form do not fit", field=f"questions[{number}].options")
    options = tuple(
        (text.strip(), OptionKind(kind))
        for text, kind in zip(texts, kinds, strict=True)
        if text.strip()
    )
    facts = tuple(dict.fromkeys(visit.texts(f"q{number}-fact")))
    return QuestionEdit(visit.text(f"q{number}-stem"), options, facts)


def _cut(text: str, violations: Sequence[Violation]) -> list[Stretch]:
    spans = []
    for violation in violations:
        start = text.find(violation.text) if violation.text else -1
        span = violation.span or ((start, start + len(violation.text)) if start >= 0 else None)
        if span is not None and 0 <= span[0] < span[1] <= len(text):
            spans.append((*span, violation))
    edges = sorted({0, len(text), *(edge for start, end, _ in spans for edge in (start, end))})
    stretches = []
    for start, end in pairwise(edges):
        over = [v for low, high, v in spans if low <= start and end <= high]
        level = over[0].level.value if over else ""
        stretches.append(Stretch(text[start:end], level, " ".join(v.why for v in over)))
    return stretches
