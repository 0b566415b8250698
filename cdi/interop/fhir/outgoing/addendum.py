"""The addendum of an answer as a DocumentReference."""

from __future__ import annotations

import base64

from cdi.domain.outgoing import QueryDocument
from cdi.interop.fhir.outgoing.parts import (
    Json,
    clinician_reference,
    coded,
    encounter_reference,
    identifier,
    moment,
    patient_reference,
)

_LOINC_ADDENDUM = "55107-7"
_CATEGORY = "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category"


def document_reference(document: QueryDocument) -> Json | None:
    """Return the signed addendum for the record, None while there is no answer."""
    answer = document.answer
    if answer is None:
        return None
    attachment = {
        "contentType": "text/plain; charset=utf-8",
        "data": base64.b64encode(answer.addendum.encode()).decode(),
        "title": "Addendum: clarification of documentation",
        "creation": moment(answer.signed_at),
    }
    return {
        "resourceType": "DocumentReference",
        "id": document.query,
        "identifier": identifier("answer", answer.id),
        "status": "current",
        "docStatus": "final",
        "type": coded("http://loinc.org", _LOINC_ADDENDUM, "Addendum Document"),
        "category": [coded(_CATEGORY, "clinical-note", "Clinical Note")],
        "subject": patient_reference(document.patient, document.facility),
        "date": moment(answer.signed_at),
        "author": [clinician_reference(answer.signed_by)],
        "authenticator": clinician_reference(answer.signed_by),
        "content": [{"attachment": attachment}],
        "context": {"encounter": [encounter_reference(document.encounter, document.facility)]},
    }
