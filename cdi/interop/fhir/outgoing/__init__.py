"""Queries, answers and clarified diagnoses as FHIR R4 resources.

A query is a Task that asks for a Questionnaire (the pattern of SDC and Da Vinci CDex), its answer a
QuestionnaireResponse, the addendum a DocumentReference, what was clarified a Condition.
"""

from cdi.interop.fhir.outgoing.addendum import document_reference
from cdi.interop.fhir.outgoing.bundles import collection, resources_of, transaction
from cdi.interop.fhir.outgoing.diagnosis import condition
from cdi.interop.fhir.outgoing.questionnaire import questionnaire, questionnaire_response
from cdi.interop.fhir.outgoing.task import task

__all__ = [
    "collection",
    "condition",
    "document_reference",
    "questionnaire",
    "questionnaire_response",
    "resources_of",
    "task",
    "transaction",
]
