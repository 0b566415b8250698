"""A review as plain JSON values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cdi.domain.evidence_text import evidence_text
from cdi.domain.finding import (
    Evidence,
    Finding,
    MedicationPointer,
    NoteSpan,
    ObservationPointer,
    Pointer,
    Review,
)
from cdi.domain.reading import HEADS, Mention


def review_record(review: Review) -> dict[str, Any]:
    """Return the whole review: findings with evidence texts and explanations."""
    return {
        "id": review.encounter.id,
        "findings": [_finding_record(finding, review) for finding in review.findings],
    }


def _finding_record(finding: Finding, review: Review) -> dict[str, Any]:
    explanation = finding.explanation
    return {
        "condition": finding.condition,
        "finding": finding.id,
        "type": finding.type.value,
        "missing": list(finding.missing),
        "priority": finding.priority.value,
        **({"about": finding.about} if finding.about else {}),
        "evidence": [_evidence_record(evidence, review) for evidence in finding.evidence],
        "explanation": {
            "rule": explanation.rule,
            "version": explanation.version,
            "sentence": explanation.sentence,
            "names": {name.name: name.true for name in explanation.names},
        },
    }


def _evidence_record(evidence: Evidence, review: Review) -> dict[str, Any]:
    return {
        **pointer_record(evidence.pointer),
        "name": evidence.name,
        "role": evidence.role.value,
        "text": evidence_text(evidence.pointer, review.encounter),
    }


def pointer_record(pointer: Pointer) -> dict[str, Any]:
    """Return a pointer as {"note", "start", "end"}, {"observation"} or {"medication"}."""
    if isinstance(pointer, NoteSpan):
        return {"note": pointer.note_id, "start": pointer.start, "end": pointer.end}
    if isinstance(pointer, ObservationPointer):
        return {"observation": pointer.observation_id}
    return {"medication": pointer.medication_id}


def prediction_record(review: Review) -> dict[str, Any]:
    """Return a review as one line for scoring: findings and mentions with spans of the note.

    With several notes each span also names its note.
    """
    several = len(review.encounter.notes) > 1
    return {
        "id": review.encounter.id,
        "findings": [
            {
                "condition": finding.condition,
                "type": finding.type.value,
                "missing": list(finding.missing),
                "priority": finding.priority.value,
                **({"about": finding.about} if finding.about else {}),
                "evidence": [
                    _span(evidence.pointer, several)
                    for evidence in finding.evidence
                    if not isinstance(evidence.pointer, ObservationPointer | MedicationPointer)
                ],
            }
            for finding in review.findings
        ],
        "mentions": [
            {
                "condition": mention.condition,
                "assertion": mention.assertion.value,
                **_span(NoteSpan(note, mention.start, mention.end), several),
            }
            for note, mention in naming_mentions(review)
        ],
    }


def _span(pointer: NoteSpan, several: bool) -> dict[str, Any]:
    record = pointer_record(pointer)
    if not several:
        del record["note"]
    return record


def naming_mentions(review: Review) -> Iterator[tuple[str, Mention]]:
    """Yield (note id, mention) for mentions that name a condition, exactly or vaguely."""
    for reading in review.readings:
        for mention in reading.mentions:
            if mention.name in HEADS:
                yield reading.note_id, mention
