"""Running the examples of a condition file: the tests a rule author writes.

The runner is given the review it is to judge, so that one and the same runner serves
``cdi rules test`` and the test suite, and this package stays free of the language pipeline.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from cdi.domain.encounter import Encounter, Medication, Note, Observation, Patient
from cdi.domain.evidence_text import evidence_text
from cdi.domain.finding import EvidenceRole, Finding, Review
from cdi.rules.condition import Condition
from cdi.rules.schema import Example, ExampleEncounter, ExampleFinding

# Examples count hours from an admission at this moment.
_ADMITTED = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One example after its run; ``differences`` is empty if it went as expected."""

    condition: str
    example: str
    differences: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """True if findings, axes and evidence were exactly those expected."""
        return not self.differences


def run_examples(condition: Condition, review: Callable[[Encounter], Review]) -> Iterator[Outcome]:
    """Run every example of a condition and compare exactly."""
    for index, example in enumerate(condition.spec.examples):
        encounter = example_encounter(example, f"{condition.id}-{index + 1}")
        findings = [f for f in review(encounter).findings if f.condition == condition.id]
        yield Outcome(condition.id, example.name, tuple(_compare(example, findings, encounter)))


def example_encounter(example: Example, identifier: str) -> Encounter:
    """Return the encounter an example speaks of."""
    if example.note is not None:
        return Encounter(identifier, notes=(Note("note", example.note),))
    spec = example.encounter or ExampleEncounter()
    return Encounter(
        id=identifier,
        patient=_patient(spec),
        admitted_at=_ADMITTED,
        notes=tuple(
            Note(
                id=f"note {number}",
                text=note.text,
                kind=note.kind,
                author=note.author,
                role=note.role,
                recorded_at=_at(note.hour),
            )
            for number, note in enumerate(spec.notes, 1)
        ),
        observations=tuple(
            Observation(
                id=f"observation {number}",
                analyte=observation.analyte,
                value=observation.value,
                unit=observation.unit,
                observed_at=_at(observation.hour),
                recorded_at=_at(observation.hour),
            )
            for number, observation in enumerate(spec.observations, 1)
        ),
        medications=tuple(
            Medication(
                id=f"medication {number}",
                name=medication.name,
                dose=medication.dose,
                route=medication.route,
                started_at=_at(medication.hour),
            )
            for number, medication in enumerate(spec.medications, 1)
        ),
    )


def _patient(spec: ExampleEncounter) -> Patient | None:
    if spec.age is None and spec.sex is None:
        return None
    birth = date(_ADMITTED.year - spec.age, 1, 1) if spec.age is not None else None
    return Patient("patient", birth_date=birth, sex=spec.sex)


def _at(hour: float) -> datetime:
    return _ADMITTED + timedelta(hours=hour)


def _compare(example: Example, findings: list[Finding], encounter: Encounter) -> Iterator[str]:
    found = {finding.id: finding for finding in findings}
    for name in sorted(set(example.expect) - set(found)):
        yield f"expected the finding `{name}`, which was not raised"
    for name in sorted(set(found) - set(example.expect)):
        yield f"raised `{name}`, which was not expected: {found[name].explanation.sentence}"
    for name, expected in example.expect.items():
        if name in found:
            yield from _compare_finding(name, expected, found[name], encounter)


def _compare_finding(
    name: str, expected: ExampleFinding, finding: Finding, encounter: Encounter
) -> Iterator[str]:
    if set(expected.missing) != set(finding.missing):
        yield (
            f"`{name}`: expected missing {sorted(expected.missing)}, "
            f"found {sorted(finding.missing)}"
        )
    if expected.about != finding.about:
        yield f"`{name}`: expected about `{expected.about}`, found `{finding.about}`"
    for label, wanted, roles in (
        ("evidence", expected.evidence, {EvidenceRole.TRIGGER, EvidenceRole.SUPPORTS}),
        ("against", expected.against, {EvidenceRole.AGAINST}),
    ):
        texts = [
            evidence_text(evidence.pointer, encounter)
            for evidence in finding.evidence
            if evidence.role in roles
        ]
        if sorted(wanted) != sorted(texts):
            yield f"`{name}`: expected {label} {sorted(wanted)}, found {sorted(texts)}"
