"""A FHIR R4 Bundle to the stays in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cdi.domain.encounter import Encounter
from cdi.errors import InputError
from cdi.interop.fhir.documents import add_document, add_report
from cdi.interop.fhir.entries import Entries, Entry, read_entries
from cdi.interop.fhir.observations import add_observation
from cdi.interop.fhir.people import People
from cdi.interop.fhir.treatment import (
    add_administration,
    add_condition,
    add_procedure,
    add_request,
)
from cdi.interop.fhir.visits import Visits, any_time
from cdi.interop.mapping import Intake, StayParts, assemble_encounter
from cdi.interop.problem import Report

_PARTS = (
    "DocumentReference",
    "DiagnosticReport",
    "Observation",
    "MedicationAdministration",
    "MedicationRequest",
    "Procedure",
    "Condition",
)


def is_bundle(data: object) -> bool:
    """Tell whether parsed JSON is a FHIR Bundle."""
    return isinstance(data, Mapping) and data.get("resourceType") == "Bundle"


def read_bundle(
    data: Mapping[str, Any], intake: Intake, report: Report, *, name: str = "bundle"
) -> tuple[Encounter, ...]:
    """Return the stays of a bundle.

    Args:
        data: the parsed JSON.
        intake: what codes, units and authors mean at this site.
        report: called with each resource that is invalid and was left out; the message names
            the element ("entry[3].resource.valueQuantity.value").
        name: how messages call the bundle.

    Returns:
        One encounter for each Encounter of the bundle. Each carries remarks on everything that
        is kept but used in no rule.

    Raises:
        InputError: this is no Bundle, or nothing in it could be read.
    """
    if not is_bundle(data):
        raise InputError("expected `Bundle`", source=name, field="resourceType")
    items = data.get("entry", [])
    if not isinstance(items, list):
        raise InputError("expected a list", source=name, field="entry")
    entries = read_entries(items, name, report)
    if not entries.by_type:
        raise InputError("no resource that is read", source=name, field="entry")
    given = data.get("id")
    return _stays(entries, intake, given if isinstance(given, str) else "")


def _stays(entries: Entries, intake: Intake, bundle_id: str) -> tuple[Encounter, ...]:
    people = People(entries)
    visits = Visits(entries, people, bundle_id)
    parts = {
        key: StayParts(attendings=attendings, remarks=list(entries.remarks))
        for key, attendings in visits.attendings.items()
    }
    for entry in entries.of(*_PARTS):
        key, remark = visits.of(entry, any_time(entry.resource))
        if key is None:
            for stay in parts.values():
                stay.remarks += [remark] if remark else []
        else:
            _add(parts[key], entry, entries, people, intake)
    # The problem list is the patient's, not one visit's.
    problems = tuple(problem for stay in parts.values() for problem in stay.problems)
    return tuple(
        replace(assemble_encounter(encounter, parts[key]), problems=problems)
        for key, encounter in visits.encounters.items()
    )


def _add(parts: StayParts, entry: Entry, entries: Entries, people: People, intake: Intake) -> None:
    match entry.type:
        case "DocumentReference":
            add_document(parts, entry, entries, people, intake)
        case "DiagnosticReport":
            add_report(parts, entry, entries, people, intake)
        case "Observation":
            add_observation(parts, entry, intake)
        case "MedicationAdministration":
            add_administration(parts, entry, entries)
        case "MedicationRequest":
            add_request(parts, entry, entries)
        case "Procedure":
            add_procedure(parts, entry, people)
        case "Condition":
            add_condition(parts, entry)
