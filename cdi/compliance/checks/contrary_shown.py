"""Q05: a question that doubts a diagnosis shows what speaks on either side.

What it checks:
    In a validation question, facts of this record that speak the other way than those shown are
    shown too: a further value of an analyte that is quoted, a value within its limits or a
    sentence of a clinician that finds something normal or absent. Where a rule of the catalogue
    asks, a fact for each name that it holds against its finding.
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
from itertools import chain

from cdi.compliance.draft import Draft
from cdi.compliance.quotations import shows
from cdi.domain.encounter import Encounter, Note, Role
from cdi.domain.evidence_text import evidence_text
from cdi.domain.finding import EvidenceRole, NoteSpan, ObservationPointer, QueryType
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
    for number, question in enumerate(draft.letter.questions):
        if question.finding:
            contrary = _of_rule(question, draft)
        elif question.query_type is QueryType.VALIDATION:
            contrary = chain(_values(question, draft), _sentences(question, draft))
        else:
            continue
        for words in contrary:
            yield Violation(
                "Q05",
                f"questions[{number}].indicators",
                "",
                f'The record also says "{words}", which is not shown.',
                f"Show: {words}",
                LEVEL,
            )


def _of_rule(question: Question, draft: Draft) -> Iterator[str]:
    """Yield the first fact of each name held against a finding of which none is shown."""
    shown = [i.pointer for i in question.indicators if i.pointer is not None]
    texts = {i.text for i in question.indicators}  # of two equal values one is enough
    evidence = draft.reference.evidence(question)
    names = dict.fromkeys(e.name for e in evidence if e.role is EvidenceRole.AGAINST)
    for name in names:
        pointers = [e.pointer for e in evidence if e.name == name]
        told = [evidence_text(pointer, draft.encounter) for pointer in pointers]
        if texts.isdisjoint(told) and not any(shows(s, p) for s in shown for p in pointers):
            yield told[0]


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
