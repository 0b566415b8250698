"""Q24: a question about a conflict quotes both sides.

What it checks:
    A question about conflicting documentation quotes statements of two authors, as facts that
    point to notes of different authors or between quotation marks with a date.
Why:
    Who must decide between two colleagues needs their words, not the writer's account of them.
Violating:
    "Cardiology says acute; please update your note."
Compliant:
    'Dr. A (cardiology, 06/02): "acute". Dr. B (hospitalist, 06/03): "chronic".'
Source:
    ACDIS, Q&A on queries for conflicting documentation; ICD-10-CM Official Guidelines, I.B.14.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdi.compliance.draft import Draft
from cdi.compliance.quotations import quoted
from cdi.domain.encounter import Role
from cdi.domain.finding import NoteSpan, QueryType
from cdi.domain.letter import Level, Purpose, Question, Violation

RULES = ("Q24",)
LEVEL = Level.OVERRIDE

_DATE = re.compile(r"\b\d{1,2}/\d{1,2}\b|\b\d{4}-\d\d-\d\d\b|\b[A-Z][a-z]{2,8} \d{1,2}\b")


def check(draft: Draft) -> Iterator[Violation]:
    """Yield a violation for each conflict of which a side is not quoted."""
    for number, question in enumerate(draft.letter.questions):
        conflict = question.query_type is QueryType.CONFLICT
        if not conflict and question.purpose is not Purpose.CONFLICT:
            continue
        if not _both_quoted(question, draft) and not _quoted_in_body(draft):
            yield Violation(
                "Q24",
                f"questions[{number}].indicators",
                "",
                "The two statements are not both quoted with author and date.",
                "Quote both statements, each with its author, role and date.",
                LEVEL,
            )


def _both_quoted(question: Question, draft: Draft) -> bool:
    """Tell whether two authors are quoted, or what a rule found within one author's notes."""
    return len(_authors(question, draft)) >= (1 if question.finding else 2)


def _authors(question: Question, draft: Draft) -> set[str]:
    """Return the notes' authors whose words are quoted, each provider once."""
    notes = {note.id: note for note in draft.encounter.notes if note.role is Role.PROVIDER}
    return {
        notes[i.pointer.note_id].author or i.pointer.note_id
        for i in question.indicators
        if isinstance(i.pointer, NoteSpan) and i.pointer.note_id in notes
    }


def _quoted_in_body(draft: Draft) -> bool:
    words = "\n".join((draft.letter.body, *(q.stem for q in draft.letter.questions)))
    return len(list(quoted(words))) > 1 and len(_DATE.findall(words)) > 1
