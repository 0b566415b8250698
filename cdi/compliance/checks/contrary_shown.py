"""Q05: a question that doubts a diagnosis shows what speaks on either side.

What it checks:
    In a validation question, facts of this record that speak the other way than those shown are
    shown too: a further value of an analyte that is quoted, a value within its limits or a
    sentence of a clinician that finds something normal or absent.
Why:
    A selection of facts makes the answer; an auditor asks what was left out.
Violating:
    A question about respiratory failure that leaves out "SpO2 97% on room air".
Compliant:
    Both saturations, each with its time.
Source:
    ACDIS, Q&A on organizing clinical validation queries.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdi.compliance.draft import Draft
from cdi.domain.encounter import Encounter, Note, Role
from cdi.domain.finding import NoteSpan, ObservationPointer, QueryType
from cdi.domain.letter import Level, Question, Violation

RULES = ("Q05",)
LEVEL = Level.OVERRIDE

_CLINICIANS = frozenset({Role.PROVIDER, Role.NURSING, Role.DIETITIAN, Role.OTHER})
_OPPOSES = re.compile(
    r"\b(?:normal|afebrile|room air|oriented|a&ox\d|alert|unlabored|comfortable|ambulat\w+"
    r"|well[- ]nourished|unremarkable|speak(?:s|ing) in|lungs clear|clear lungs|asymptomatic)\b",
    re.I,
)
_SENTENCE = re.compile(r"[^.;\n]+(?:\.\d[^.;\n]*)*")


def check(draft: Draft) -> Iterator[Violation]:
    """Yield a violation for each fact on the other side that is not shown."""
    if draft.letter.questions and all(q.finding for q in draft.letter.questions):
        return  # what speaks against the finding was chosen by its rule
    for number, question in enumerate(draft.letter.questions):
        if question.query_type is not QueryType.VALIDATION:
            continue
        for words in (*_values(question, draft), *_sentences(question, draft)):
            yield Violation(
                "Q05",
                f"questions[{number}].indicators",
                "",
                f'The record also says "{words}", which is not shown.',
                f"Show: {words}",
                LEVEL,
            )


def _values(question: Question, draft: Draft) -> Iterator[str]:
    shown = {
        i.pointer.observation_id
        for i in question.indicators
        if isinstance(i.pointer, ObservationPointer)
    }
    for seen in draft.encounter.observations:
        if seen.id not in shown and seen.status.counts:
            value = seen.text if seen.value is None else f"{seen.value:.10g}"
            yield f"{seen.analyte} {value} {seen.unit}".strip()


def _sentences(question: Question, draft: Draft) -> Iterator[str]:
    for note in _clinical_notes(draft.encounter):
        spans = [
            (i.pointer.start, i.pointer.end)
            for i in question.indicators
            if isinstance(i.pointer, NoteSpan) and i.pointer.note_id == note.id
        ]
        for match in _SENTENCE.finditer(note.text):
            words = match.group().strip()
            seen = any(start < match.end() and match.start() < end for start, end in spans)
            named = {name.condition for name in draft.diagnoses.affirmed(words)}
            if named & draft.documented.named:
                continue  # the diagnosis itself, as its author wrote it
            if not seen and words.lower() not in draft.said.lower() and _OPPOSES.search(words):
                yield words


def _clinical_notes(encounter: Encounter) -> Iterator[Note]:
    for note in encounter.notes:
        if note.role in _CLINICIANS and note.status.counts:
            yield note
