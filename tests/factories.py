"""Small hand-made records, rules, findings and letters for tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

from cdi.compliance import Pack
from cdi.compliance.diagnoses import diagnosis_names
from cdi.domain.encounter import Encounter, Medication, Note, Observation, Patient, Role
from cdi.domain.finding import (
    Evidence,
    EvidenceRole,
    Explanation,
    Finding,
    MedicationPointer,
    NameTruth,
    NoteSpan,
    ObservationPointer,
    Pointer,
    Priority,
    QueryType,
)
from cdi.domain.letter import Letter, LetterForm
from cdi.letters import compose
from cdi.rules.catalogue import Catalogue
from cdi.rules.condition import Condition, build_condition
from cdi.rules.loader import read_document

QUESTIONS = {
    QueryType.SPECIFICITY: "Based on your clinical judgment, please clarify the cause.",
    QueryType.UNDOCUMENTED: "What diagnosis, if any, do these findings represent?",
    QueryType.VALIDATION: "Please clarify the status of the documented acute kidney injury.",
    QueryType.CONFLICT: "Please clarify which of the two statements applies.",
    QueryType.CAUSE: "Is the documented acute kidney injury related to the treatment?",
    QueryType.POA: "Was the documented acute kidney injury present on admission?",
    QueryType.PROCEDURE: "Please clarify the technique used.",
}

OPTIONS: dict[QueryType, list[dict[str, Any]]] = {
    QueryType.UNDOCUMENTED: [
        {"text": "Acute kidney injury", "needs": ["measured"], "code": "N17.9"},
        {"text": "Acute tubular necrosis", "needs": ["casts"], "code": "N17.0"},
        {"text": "Not clinically significant", "kind": "not_significant"},
    ],
    QueryType.VALIDATION: [
        {"text": "Acute kidney injury confirmed (please specify the supporting findings)"},
        {"text": "Acute kidney injury ruled out", "kind": "ruled_out"},
    ],
}
DEFAULT_OPTIONS: list[dict[str, Any]] = [
    {"text": "Prerenal", "needs": ["fluids"], "code": "N17.8"},
    {"text": "Acute tubular necrosis", "needs": ["casts"], "code": "N17.0"},
    {"text": "Drug-induced"},
]


def make_condition(form: LetterForm = LetterForm.MULTIPLE_CHOICE, **changes: Any) -> Condition:
    """Return a condition with one finding of each query type, named after it."""
    yes_no = form is LetterForm.YES_NO
    spec: dict[str, Any] = {
        "id": "kidney_injury",
        "title": "Kidney injury",
        "version": 1,
        "what": "Made for tests.",
        "why": "Made for tests.",
        "references": [{"title": "None"}],
        "course": "acute",
        "topic": "renal function",
        "terms": {
            "documented": ["acute kidney injury", "=AKI"],
            "vague": ["renal insufficiency"],
            "ignore": ["acute kidney injury clinic"],
        },
        "axes": {"cause": {"title": "cause", "values": {"prerenal": ["prerenal"]}}},
        "indicators": {
            "creatinine_high": {
                "measurement": "creatinine",
                "above": "1.5 mg/dL",
                "group": "laboratory",
            },
            "casts": {"terms": ["muddy brown casts"], "group": "laboratory"},
            "fluids": {"drugs": ["lactated ringer"], "group": "treatment"},
            "good_output": {"terms": ["voiding well"], "group": "signs and symptoms"},
        },
        "facts": {"measured": "creatinine_high or casts"},
        "findings": {
            kind.value: {
                "type": kind.value,
                "when": "measured and not documented",
                "missing": ["cause"] if kind is QueryType.SPECIFICITY else [],
                "show": ["casts", "fluids", "vague", "documented"],
                "against": ["good_output"],
                "form": form.value,
                "question": question,
                "options": [] if yes_no else OPTIONS.get(kind, DEFAULT_OPTIONS),
            }
            for kind, question in QUESTIONS.items()
        },
        "examples": [
            {"name": "silent", "note": "Nothing.", "expect": {}},
            {"name": "silent too", "note": "Nothing at all.", "expect": {}},
        ],
    }
    spec.update(changes)
    path = Path(f"{spec['id']}.yaml")
    return build_condition(read_document(path, yaml.safe_dump(spec)), "test", {})


def make_catalogue(*conditions: Condition) -> Catalogue:
    """Return a catalogue of these conditions, without the shared language."""
    chosen = conditions or (make_condition(),)
    shared: Any = None
    return Catalogue(
        {condition.id: condition for condition in chosen}, {}, shared, shared, shared, shared
    )


NOTE = """\
PROGRESS NOTE
Renal insufficiency on day two. He is voiding well; no fever.
Muddy brown casts on urinalysis.
"""


def make_encounter(**changes: Any) -> Encounter:
    """Return a stay with one note, two values and a drug."""
    encounter = Encounter(
        id="E-100",
        patient=Patient("MRN-7", "Jordan Example", date(1951, 4, 9), "male"),
        notes=(
            Note(
                "n1",
                NOTE,
                kind="progress note",
                author="Dr. A. Rivera",
                role=Role.PROVIDER,
                recorded_at=datetime(2026, 6, 3, 9, 30, tzinfo=UTC),
            ),
        ),
        observations=(
            Observation(
                "o1",
                "creatinine",
                0.9,
                "mg/dL",
                observed_at=datetime(2026, 6, 1, 5, 0, tzinfo=UTC),
                source="Laboratory",
            ),
            Observation(
                "o2",
                "creatinine",
                2.1,
                "mg/dL",
                observed_at=datetime(2026, 6, 3, 5, 10, tzinfo=UTC),
                source="Laboratory",
            ),
        ),
        medications=(
            Medication(
                "m1",
                "lactated ringer",
                "1 L",
                "IV",
                started_at=datetime(2026, 6, 3, 7, 0, tzinfo=UTC),
            ),
        ),
        admitted_at=datetime(2026, 6, 1, 2, 15, tzinfo=UTC),
    )
    return replace(encounter, **changes)


def span(encounter: Encounter, words: str, note_id: str = "n1") -> NoteSpan:
    """Return a pointer to the first place where words stand in a note."""
    text = next(note.text for note in encounter.notes if note.id == note_id)
    start = text.index(words)
    return NoteSpan(note_id, start, start + len(words))


def evidence(
    pointer: Pointer,
    name: str,
    role: EvidenceRole = EvidenceRole.TRIGGER,
    group: str = "laboratory",
) -> Evidence:
    """Return a piece of evidence."""
    return Evidence(pointer, name, role, group)


def make_finding(
    query_type: QueryType = QueryType.UNDOCUMENTED,
    encounter: Encounter | None = None,
    **changes: Any,
) -> Finding:
    """Return a finding of :func:`make_condition` with evidence in :func:`make_encounter`."""
    record = encounter or make_encounter()
    finding = Finding(
        condition="kidney_injury",
        id=query_type.value,
        type=query_type,
        missing=("cause",) if query_type is QueryType.SPECIFICITY else (),
        priority=Priority.HIGH,
        evidence=(
            evidence(ObservationPointer("o2"), "creatinine_high"),
            evidence(ObservationPointer("o1"), "creatinine_high"),
            evidence(
                span(record, "Renal insufficiency"),
                "vague",
                EvidenceRole.SUPPORTS,
                "documentation",
            ),
            evidence(MedicationPointer("m1"), "fluids", EvidenceRole.SUPPORTS, "treatment"),
            evidence(
                span(record, "voiding well"),
                "good_output",
                EvidenceRole.AGAINST,
                "signs and symptoms",
            ),
        ),
        explanation=Explanation(
            f"kidney_injury.{query_type}",
            1,
            "measured and not documented",
            (NameTruth("creatinine_high", True), NameTruth("documented", False)),
        ),
    )
    return replace(finding, **changes)


def make_letter(
    query_type: QueryType = QueryType.UNDOCUMENTED,
    form: LetterForm = LetterForm.MULTIPLE_CHOICE,
) -> Letter:
    """Return the letter about one finding."""
    return compose(
        [make_finding(query_type)],
        make_encounter(),
        make_catalogue(make_condition(form)),
        "Dr. A. Rivera",
    )


def make_pack(catalogue: Catalogue | None = None) -> Pack:
    """Return the installed phrase rules with the diagnoses of a small catalogue."""
    from cdi import resources
    from cdi.compliance.phrases import load_phrase_rules

    phrases = load_phrase_rules(resources.models() / "compliance")
    return Pack(phrases, diagnosis_names(catalogue or make_catalogue()))
