"""The desk as a FHIR R4 server that is read: queries, answers, addenda, clarified diagnoses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Response
from fastapi.responses import JSONResponse

from cdi import __version__
from cdi.api.calls import Look
from cdi.api.presence import DeskOf
from cdi.domain.outgoing import QueryDocument
from cdi.errors import NotFound
from cdi.interop.fhir.outgoing import (
    condition,
    document_reference,
    questionnaire,
    questionnaire_response,
    task,
)
from cdi.workflow.desk import Desk
from cdi.workflow.exporting import export_diagnosis, export_query

MEDIA_TYPE = "application/fhir+json"
Id = Annotated[str, Path(max_length=64)]
QueryKind = Literal["Task", "Questionnaire", "QuestionnaireResponse", "DocumentReference"]
_Build = Callable[[QueryDocument, str], dict[str, Any] | None]
_BUILD: dict[QueryKind, _Build] = {
    "Task": task,
    "Questionnaire": questionnaire,
    "QuestionnaireResponse": questionnaire_response,
    "DocumentReference": lambda document, _: document_reference(document),
}


class FhirResponse(JSONResponse):
    """JSON of FHIR."""

    media_type = MEDIA_TYPE


router = APIRouter(prefix="/fhir", tags=["fhir"], default_response_class=FhirResponse)


def fhir_base(desk: Desk) -> str:
    """Return the address under which the desk serves FHIR."""
    return f"{desk.address or 'urn:cdi'}/api/fhir"


@router.get("/metadata", response_model=None)
def describe(desk: DeskOf) -> dict[str, Any]:
    """Return the CapabilityStatement; needs no login, as FHIR has it."""
    kinds = [*_BUILD, "Condition"]
    read = [{"type": kind, "interaction": [{"code": "read"}]} for kind in kinds]
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-11-28",
        "kind": "instance",
        "software": {"name": "cdi", "version": __version__},
        "implementation": {"description": "Query desk", "url": fhir_base(desk)},
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "rest": [{"mode": "server", "resource": read}],
    }


@router.get("/Condition/{diagnosis_id}", response_model=None)
def show_diagnosis(diagnosis_id: Id, call: Look) -> dict[str, Any]:
    """Return a clarified diagnosis."""
    return condition(export_diagnosis(call.desk, call.actor, diagnosis_id))


@router.get("/{kind}/{query_id}", response_model=None)
def show_query(kind: QueryKind, query_id: Id, call: Look) -> Response:
    """Return a query as a task, its letter, its answer, or the addendum for the record."""
    document = export_query(call.desk, call.actor, query_id)
    resource = _BUILD[kind](document, fhir_base(call.desk))
    if resource is None:
        raise NotFound("the query has no answer yet")
    tag = {"ETag": f'W/"{document.version}"'}
    return FhirResponse(resource, headers=tag)
