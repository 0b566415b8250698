"""A query as a Task: who is asked, until when, and where it stands."""

from __future__ import annotations

from cdi.domain.outgoing import QueryDocument
from cdi.domain.query import QueryState
from cdi.interop.fhir.outgoing.parts import (
    Json,
    clinician_reference,
    coded,
    encounter_reference,
    identifier,
    moment,
    patient_reference,
    without_nothing,
)
from cdi.interop.fhir.outgoing.questionnaire import canonical

_SDC = "http://hl7.org/fhir/uv/sdc/CodeSystem/temp"
_STATUS = {
    QueryState.DRAFT: "draft",
    QueryState.IN_REVIEW: "draft",
    QueryState.SENT: "requested",
    QueryState.VIEWED: "received",
    QueryState.ESCALATED: "requested",
    QueryState.DECLINED: "rejected",
    QueryState.ANSWERED: "completed",
    QueryState.VERIFIED: "completed",
    QueryState.CLOSED: "completed",
    QueryState.WITHDRAWN: "cancelled",
    QueryState.RESOLVED: "cancelled",
    QueryState.EXPIRED: "failed",
}


def task(document: QueryDocument, base: str) -> Json:
    """Return the task to answer a letter (``sdc-task``); our state is its ``businessStatus``."""
    asked = {
        "type": coded(_SDC, "questionnaire"),
        "valueCanonical": canonical(document, base),
    }
    answered = {
        "type": coded(_SDC, "questionnaire-response"),
        "valueReference": {"reference": f"QuestionnaireResponse/{document.query}"},
    }
    due = moment(document.due_at)
    return without_nothing(
        {
            "resourceType": "Task",
            "id": document.query,
            "identifier": identifier("query", document.query),
            "status": _STATUS[document.state],
            "businessStatus": {"text": document.state.value},
            "intent": "order",
            "code": coded(_SDC, "complete-questionnaire"),
            "description": document.letter.subject,
            "for": patient_reference(document.patient, document.facility),
            "encounter": encounter_reference(document.encounter, document.facility),
            "authoredOn": moment(document.sent_at),
            "lastModified": moment(document.at),
            "requester": {"display": "Clinical documentation integrity"},
            "owner": clinician_reference(document.recipient) if document.recipient else None,
            "restriction": {"period": {"end": due}} if due else None,
            "input": [asked],
            "output": [answered] if document.answer else None,
        }
    )
