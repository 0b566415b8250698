"""Resources in bundles: to be taken by a FHIR server, or to be read as a page."""

from __future__ import annotations

from collections.abc import Sequence

from fhir.resources.R4B.bundle import Bundle

from cdi.domain.outgoing import QueryDocument
from cdi.interop.fhir.outgoing.addendum import document_reference
from cdi.interop.fhir.outgoing.parts import Json
from cdi.interop.fhir.outgoing.questionnaire import questionnaire, questionnaire_response
from cdi.interop.fhir.outgoing.task import task


def resources_of(document: QueryDocument, base: str) -> list[Json]:
    """Return all resources of a query as it stands: what it asks, and what was answered."""
    found = [
        questionnaire(document, base),
        questionnaire_response(document, base),
        document_reference(document),
        task(document, base),
    ]
    return [resource for resource in found if resource is not None]


def transaction(document: QueryDocument, base: str) -> Json:
    """Return a bundle that makes a FHIR server hold a query as it stands.

    Each resource is put under its identifier, so that sending the bundle again changes nothing.

    Args:
        document: the query.
        base: the address under which the desk serves FHIR, of which canonical addresses are made.
    """
    entries = []
    for resource in resources_of(document, base):
        kind, given = resource["resourceType"], resource["identifier"]
        known = given[0] if isinstance(given, list) else given
        where = f"{kind}?identifier={known['system']}|{known['value']}"
        bare = {name: value for name, value in resource.items() if name != "id"}
        entries.append(
            {
                "fullUrl": f"{base}/{kind}/{document.query}",
                "resource": bare,
                "request": {"method": "PUT", "url": where},
            }
        )
    return checked({"resourceType": "Bundle", "type": "transaction", "entry": entries})


def collection(resources: Sequence[Json], base: str) -> Json:
    """Return a bundle of resources to be read."""
    entries = [
        {"fullUrl": f"{base}/{resource['resourceType']}/{resource['id']}", "resource": resource}
        for resource in resources
    ]
    bundle: Json = {"resourceType": "Bundle", "type": "collection"}
    return checked({**bundle, "entry": entries} if entries else bundle)


def checked(bundle: Json) -> Json:
    """Return a bundle that is valid R4B; ours always are, whatever a record holds.

    Raises:
        ValidationError: of pydantic, which would be a defect of the builders.
    """
    Bundle.model_validate(bundle)
    return bundle
