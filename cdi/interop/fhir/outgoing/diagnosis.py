"""A clarified diagnosis as a Condition."""

from __future__ import annotations

from cdi.domain.clarified import ClarifiedDiagnosis
from cdi.domain.query import Outcome
from cdi.interop.fhir.outgoing.parts import (
    SYSTEM,
    Json,
    clinician_reference,
    coded,
    encounter_reference,
    identifier,
    moment,
    patient_reference,
    without_nothing,
)

_HL7 = "http://terminology.hl7.org/CodeSystem/condition-"
_ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
POA_EXTENSION = f"{SYSTEM}:present-on-admission"
"""FHIR R4 has no element for it on Condition; the value is the indicator Y, N, U or W."""


def condition(diagnosis: ClarifiedDiagnosis) -> Json:
    """Return a clarified diagnosis: coded if the coder gave a code, else in words.

    What was ruled out is refuted, and has no clinical status.
    """
    refuted = diagnosis.outcome is Outcome.RULED_OUT
    code: Json = {"text": diagnosis.wording}
    if diagnosis.code:
        code |= coded(_ICD10CM, diagnosis.code, diagnosis.title)
    poa = diagnosis.poa
    detail = {"reference": f"DocumentReference/{diagnosis.query}", "type": "DocumentReference"}
    return without_nothing(
        {
            "resourceType": "Condition",
            "id": diagnosis.id,
            "identifier": identifier("diagnosis", diagnosis.id),
            "extension": [{"url": POA_EXTENSION, "valueCode": poa.value}] if poa else None,
            "clinicalStatus": None if refuted else coded(f"{_HL7}clinical", "active"),
            "verificationStatus": coded(f"{_HL7}ver-status", "refuted" if refuted else "confirmed"),
            "category": [coded(f"{_HL7}category", "encounter-diagnosis")],
            "code": code,
            "subject": patient_reference(diagnosis.patient, diagnosis.facility),
            "encounter": encounter_reference(diagnosis.encounter, diagnosis.facility),
            "recordedDate": moment(diagnosis.clarified_at),
            "asserter": clinician_reference(diagnosis.clarified_by),
            "evidence": [{"detail": [detail]}],
        }
    )
