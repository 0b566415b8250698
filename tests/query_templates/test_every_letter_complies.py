"""Every template with every finding of the catalogue and any evidence makes a compliant letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdi.compliance import Pack, check, check_against, load_pack, make_reference
from cdi.compliance.quotations import quoted
from cdi.domain.encounter import Encounter, Medication, Note, Observation, Patient
from cdi.domain.finding import (
    Evidence,
    EvidenceRole,
    Explanation,
    Finding,
    MedicationPointer,
    NameTruth,
    NoteSpan,
    ObservationPointer,
    Priority,
    QueryType,
)
from cdi.domain.letter import LetterForm
from cdi.letters import compose
from cdi.rules.catalogue import Catalogue, load_catalogue

SPECS = [
    (condition.id, name)
    for condition in load_catalogue().conditions.values()
    for name in condition.spec.findings
]
NEVER_YES_NO = {QueryType.UNDOCUMENTED, QueryType.PROCEDURE}
WORDS = """lactate 3.4 today; on 4 L by mask; severe pain overnight; clearly worse; no fever
given twice; consistent with edema; weaned on day 2; ulcer 3 x 2 cm; sepsis per outside note"""
CLAUSES = st.lists(
    st.sampled_from(WORDS.replace("\n", "; ").split("; ")), min_size=1, max_size=4, unique=True
)


@cache
def pack() -> Pack:
    return load_pack(load_catalogue())


@cache
def catalogue(condition: str, finding: str, form: LetterForm) -> Catalogue:
    """Return the catalogue of one condition whose finding is asked in a given form."""
    whole = load_catalogue().conditions[condition]
    spec = whole.spec.findings[finding].model_copy(update={"form": form})
    findings = {**whole.spec.findings, finding: spec}
    changed = replace(whole, spec=whole.spec.model_copy(update={"findings": findings}))
    return replace(load_catalogue(), conditions={condition: changed})


@st.composite
def encounters(draw: st.DrawFn) -> Encounter:
    at = datetime(2026, 3, draw(st.integers(1, 28)), draw(st.integers(0, 23)), 5, tzinfo=UTC)
    notes = tuple(
        Note(
            f"n{number}",
            ". ".join(clauses) + ".",
            kind=draw(st.sampled_from(["progress note", "H&P", "consult"])),
            author=draw(st.sampled_from(["Dr. A. Reed", "Dr. B. Cho", ""])),
            recorded_at=draw(st.sampled_from([at, None])),
        )
        for number, clauses in enumerate(draw(st.lists(CLAUSES, min_size=1, max_size=3)))
    )
    values = draw(st.lists(st.floats(0.1, 900, allow_nan=False), max_size=3))
    observations = tuple(
        Observation(f"o{n}", "creatinine", round(v, 2), "mg/dL", observed_at=at, source="Lab")
        for n, v in enumerate(values)
    )
    drugs = (Medication("m0", "furosemide", "40 mg", "IV", started_at=at),)
    return Encounter("E-1", Patient("P-1", "Kim Roe"), notes, observations, drugs)


@st.composite
def findings(draw: st.DrawFn, condition: str, name: str, encounter: Encounter) -> Finding:
    spec = load_catalogue().conditions[condition].spec
    wanted = spec.findings[name]
    names = st.sampled_from(
        [*spec.indicators, *(need for option in wanted.options for need in option.needs)]
        or ["documented"]
    )
    first = NoteSpan("n0", 0, len(encounter.notes[0].text.split(".")[0]) or 1)
    # A review gives each pointer once, in one role.
    pointers = [ObservationPointer(o.id) for o in encounter.observations]
    chosen = draw(
        st.lists(st.sampled_from([*pointers, MedicationPointer("m0")]), max_size=6, unique=True)
    )
    evidence = [Evidence(first, draw(names), EvidenceRole.TRIGGER, "documentation")]
    evidence += [Evidence(p, draw(names), draw(st.sampled_from(EvidenceRole))) for p in chosen]
    truths = tuple(NameTruth(e.name, True, (e.pointer,)) for e in evidence)
    return Finding(
        condition,
        name,
        wanted.type,
        tuple(wanted.missing),
        Priority.HIGH,
        tuple(evidence),
        Explanation(f"{condition}.{name}", 1, wanted.when, truths),
    )


@settings(
    deadline=None, max_examples=400, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(st.data())
def test_no_letter_has_a_violation(data: st.DataObject) -> None:
    condition, name = data.draw(st.sampled_from(SPECS))
    form = data.draw(st.sampled_from(LetterForm))
    kind = load_catalogue().conditions[condition].spec.findings[name].type
    if form is LetterForm.YES_NO and kind in NEVER_YES_NO:
        form = LetterForm.OPEN_ENDED
    encounter = data.draw(encounters())
    finding = data.draw(findings(condition, name, encounter))
    letter = compose([finding], encounter, catalogue(condition, name, form))
    record = replace(
        encounter, notes=(*encounter.notes, *_quoting(_question(condition, name)).notes)
    )
    documented = _documented(condition, kind)
    wordings = [
        f"{_specified(condition, name)} {data.draw(st.sampled_from(_names(condition)))}"
        for condition in documented
    ]
    raised = {finding.key: finding.evidence}
    reference = make_reference(record, pack(), documented, wordings, raised)
    assert check_against(letter, reference, pack()) == ()


def _specified(condition: str, name: str) -> str:
    """Return what a question says of the documented diagnosis ("acute"), which is so then."""
    question, diagnoses = _question(condition, name), pack().diagnoses
    found = (diagnoses.modifiers_before(question, each) for each in diagnoses.find(question))
    return " ".join(word for words in found for word in words)


def _names(condition: str) -> list[str]:
    """Return how providers write a diagnosis of the catalogue, or that they wrote none."""
    terms = load_catalogue().conditions[condition].terms
    return [term.phrase for term in terms if term.name == "documented" and not term.rest] or [""]


def _question(condition: str, name: str) -> str:
    return load_catalogue().conditions[condition].spec.findings[name].question


def _documented(condition: str, kind: QueryType) -> set[str]:
    """What the record says when a question is asked: nothing yet of an undocumented diagnosis."""
    return set() if kind is QueryType.UNDOCUMENTED else {condition}


def _quoting(question: str) -> Encounter:
    """Return a record that holds the words a question quotes, as it does when it is asked."""
    words = " ".join(q.text for q in quoted(question))
    note = Note("words", f"Seen today. {words}", kind="note", author="Dr. A. Reed")
    return Encounter("E-1", Patient("P-1"), (note,))


def test_every_finding_in_every_form_complies_with_the_least_evidence() -> None:
    wrong = []
    for condition, name in SPECS:
        spec = load_catalogue().conditions[condition].spec.findings[name]
        encounter = _quoting(spec.question)
        evidence = (Evidence(NoteSpan("words", 0, 10), "documented", EvidenceRole.TRIGGER),)
        truths = (NameTruth("documented", True, (evidence[0].pointer,)),)
        explanation = Explanation(f"{condition}.{name}", 1, spec.when, truths)
        finding = Finding(
            condition,
            name,
            spec.type,
            tuple(spec.missing),
            Priority.HIGH,
            evidence,
            explanation,
        )
        for form in LetterForm:
            if form is LetterForm.YES_NO and spec.type in NEVER_YES_NO:
                continue
            letter = compose([finding], encounter, catalogue(condition, name, form))
            found = check(letter, encounter, pack(), _documented(condition, spec.type))
            wrong += [(condition, name, form.value, v.rule, v.where, v.text) for v in found]
    assert wrong == []
