"""Medications, procedures and listed problems."""

from __future__ import annotations

from datetime import date, datetime

from cdi.domain.encounter import Medication, MedicationKind, Problem, Procedure
from cdi.interop.fhir.elements import ICD_10_CM, Resource, clock_time, codes, label, labels, period
from cdi.interop.fhir.entries import Entries, Entry
from cdi.interop.fhir.people import People
from cdi.interop.mapping import StayParts

# What did not happen, or never existed, is no exposure.
_NOT_GIVEN = frozenset(("not-done", "entered-in-error", "cancelled", "draft", "preparation"))
_OUTSIDE = frozenset(("outpatient", "community", "discharge"))


def add_request(parts: StayParts, entry: Entry, entries: Entries) -> None:
    """Add a MedicationRequest; proposals and what was withdrawn are no orders."""
    resource = entry.resource
    if resource.status in _NOT_GIVEN or resource.intent in ("proposal", "option"):
        return
    places = {code for concept in resource.category or () for code in codes(concept)}
    dosage = next(iter(resource.dosageInstruction or ()), None)
    written = clock_time(resource.authoredOn)
    _add_medication(
        parts,
        entry,
        entries,
        kind=MedicationKind.PRESCRIBED if places & _OUTSIDE else MedicationKind.ORDERED,
        dosage=dosage,
        times=(written, None, written),
    )


def add_administration(parts: StayParts, entry: Entry, entries: Entries) -> None:
    """Add a MedicationAdministration, unless the dose was not given."""
    resource = entry.resource
    if resource.status in _NOT_GIVEN:
        return
    start, end = period(resource.effectivePeriod)
    start = clock_time(resource.effectiveDateTime) or start
    _add_medication(
        parts,
        entry,
        entries,
        kind=MedicationKind.ADMINISTERED,
        dosage=resource.dosage,
        times=(start, end, start or end),
    )


def _add_medication(
    parts: StayParts,
    entry: Entry,
    entries: Entries,
    *,
    kind: MedicationKind,
    dosage: Resource | None,
    times: tuple[datetime | None, datetime | None, datetime | None],
) -> None:
    name = _drug(entry.resource, entries)
    if not name:
        return
    started, ended, recorded = times
    identifier = entry.id
    if any(known.id == identifier for known in parts.medications):
        identifier = entry.source  # an order and a dose may share an id
    parts.medications.append(
        Medication(
            identifier,
            name,
            dose=str(dosage.text or "") if dosage is not None else "",
            route=label(dosage.route) if dosage is not None else "",
            started_at=started,
            ended_at=ended,
            kind=kind,
            recorded_at=recorded,
            reason=", ".join(labels(entry.resource.reasonCode)),
            source=entry.source,
        )
    )


def _drug(resource: Resource, entries: Entries) -> str:
    name = label(resource.medicationCodeableConcept)
    reference = resource.medicationReference
    if name or reference is None:
        return name
    entry = entries.find(str(reference.reference)) if reference.reference else None
    if entry is not None and entry.type == "Medication":
        return label(entry.resource.code)
    return str(reference.display or "")


def add_procedure(parts: StayParts, entry: Entry, people: People) -> None:
    """Add a Procedure that was begun at least."""
    resource = entry.resource
    name = label(resource.code)
    if not name or resource.status in _NOT_GIVEN:
        return
    start, end = period(resource.performedPeriod)
    performers = [item.actor for item in resource.performer or () if item.actor is not None]
    parts.procedures.append(
        Procedure(
            entry.id,
            name,
            code=next(iter(codes(resource.code)), ""),
            started_at=clock_time(resource.performedDateTime) or start,
            ended_at=end,
            performer=people.author(performers).name,
        )
    )


def add_condition(parts: StayParts, entry: Entry) -> None:
    """Add a Condition to the problems, unless it was refuted or entered in error."""
    resource = entry.resource
    text = label(resource.code)
    doubts = codes(resource.verificationStatus)
    if not text or "entered-in-error" in doubts or "refuted" in doubts:
        return
    recorded = resource.recordedDate
    if isinstance(recorded, datetime):
        recorded = recorded.date()
    parts.problems.append(
        Problem(
            entry.id,
            text,
            code=next(iter(codes(resource.code, ICD_10_CM)), ""),
            category=next((c for item in resource.category or () for c in codes(item)), ""),
            status=next(iter(codes(resource.clinicalStatus)), ""),
            recorded_on=recorded if isinstance(recorded, date) else None,
        )
    )
