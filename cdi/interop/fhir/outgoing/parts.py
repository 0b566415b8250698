"""Parts that outgoing resources share: identifiers, references by identifier, moments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cdi.domain.encounter import Patient
from cdi.domain.outgoing import Clinician

Json = dict[str, Any]

SYSTEM = "urn:cdi"
"""Identifiers of our own are ``urn:cdi:<what>``, those of a facility ``urn:cdi:<what>:<code>``."""


def identifier(what: str, value: str) -> list[Json]:
    """Return the identifier of something of the desk, by which a server finds it again."""
    return [{"system": f"{SYSTEM}:{what}", "value": value}]


def patient_reference(patient: Patient | None, facility: str) -> Json:
    """Return a reference to a patient by record number; the receiver knows them by that."""
    number = patient.id if patient is not None else ""
    return _logical("Patient", f"patient:{facility}", number or "unknown")


def encounter_reference(number: str, facility: str) -> Json:
    """Return a reference to a stay by its number."""
    return _logical("Encounter", f"encounter:{facility}", number)


def clinician_reference(person: Clinician) -> Json:
    """Return a reference to a person by what the record system calls them."""
    if not person.provider_id:
        return {"type": "Practitioner", "display": person.name}
    found = _logical("Practitioner", "provider", person.provider_id)
    return {**found, "display": person.name}


def moment(at: datetime | None) -> str | None:
    """Return a moment as FHIR writes it."""
    return at.isoformat() if at else None


def coded(system: str, code: str, display: str = "") -> Json:
    """Return a CodeableConcept of one coding."""
    coding = {"system": system, "code": code}
    return {"coding": [{**coding, "display": display} if display else coding]}


def without_nothing(resource: Mapping[str, Any]) -> Json:
    """Return a resource without elements that have no value: FHIR knows no empty ones."""
    return {name: value for name, value in resource.items() if value not in (None, "", [], {})}


def _logical(kind: str, system: str, value: str) -> Json:
    return {"type": kind, "identifier": {"system": f"{SYSTEM}:{system}", "value": value}}
