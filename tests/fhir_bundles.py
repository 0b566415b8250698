"""Small FHIR bundles for tests, all of them made up."""

from __future__ import annotations

import base64
from typing import Any

Resource = dict[str, Any]

LOINC = "http://loinc.org"
CREATININE, POTASSIUM, HEMOGLOBIN = "2160-0", "2823-3", "718-7"


def loinc(code: str, text: str = "") -> Resource:
    concept: Resource = {"coding": [{"system": LOINC, "code": code}]}
    return {**concept, "text": text} if text else concept


def reference(target: str, display: str = "") -> Resource:
    found = {"reference": target}
    return {**found, "display": display} if display else found


def patient(**changes: Any) -> Resource:
    base = {
        "resourceType": "Patient",
        "id": "p1",
        "name": [{"family": "Quillfeather", "given": ["Ottoline"]}],
        "birthDate": "1950-02-03",
        "gender": "female",
    }
    return {**base, **changes}


def encounter(**changes: Any) -> Resource:
    base = {
        "resourceType": "Encounter",
        "id": "e1",
        "status": "in-progress",
        "class": {"code": "IMP"},
        "subject": reference("Patient/p1"),
        "period": {"start": "2026-05-01T08:00:00-05:00"},
    }
    return {**base, **changes}


def practitioner(identifier: str, role: str, **changes: Any) -> list[Resource]:
    """Return a Practitioner and the PractitionerRole that says what he or she is."""
    return [
        {
            "resourceType": "Practitioner",
            "id": identifier,
            "name": [{"family": identifier.title(), "given": ["Ilka"]}],
        },
        {
            "resourceType": "PractitionerRole",
            "id": f"{identifier}-role",
            "practitioner": reference(f"Practitioner/{identifier}"),
            "code": [{"text": role}],
            **changes,
        },
    ]


def document(
    text: str | bytes = "Feels better.",
    kind: str = "11506-3",
    author: str = "",
    content_type: str = "text/plain",
    **changes: Any,
) -> Resource:
    data = text.encode() if isinstance(text, str) else text
    attachment = {"contentType": content_type, "data": base64.b64encode(data).decode()}
    base = {
        "resourceType": "DocumentReference",
        "id": "d1",
        "status": "current",
        "docStatus": "final",
        "type": loinc(kind),
        "subject": reference("Patient/p1"),
        "date": "2026-05-02T09:00:00-05:00",
        "content": [{"attachment": attachment}],
        "context": {"encounter": [reference("Encounter/e1")]},
    }
    if author:
        base["author"] = [reference(author)]
    return {**base, **changes}


def quantity(value: float, unit: str, **changes: Any) -> Resource:
    return {"value": value, "unit": unit, "code": unit, **changes}


def observation(
    value: float | None = 1.1, unit: str = "mg/dL", code: str = CREATININE, **changes: Any
) -> Resource:
    base: Resource = {
        "resourceType": "Observation",
        "id": "o1",
        "status": "final",
        "code": loinc(code, "Test result"),
        "subject": reference("Patient/p1"),
        "encounter": reference("Encounter/e1"),
        "effectiveDateTime": "2026-05-01T09:00:00-05:00",
        "issued": "2026-05-01T09:40:00-05:00",
    }
    if value is not None:
        base["valueQuantity"] = quantity(value, unit)
    return {key: item for key, item in {**base, **changes}.items() if item is not None}


def bundle(*resources: Resource, **changes: Any) -> Resource:
    """Return a collection of the patient, the encounter and these resources."""
    base = {
        "resourceType": "Bundle",
        "id": "b1",
        "type": "collection",
        "entry": [{"resource": item} for item in (patient(), encounter(), *resources)],
    }
    return {**base, **changes}
