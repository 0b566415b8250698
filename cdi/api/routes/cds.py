"""CDS Hooks 2.0: an EHR tells the clinician at the chart that questions wait."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Request
from fastapi.security import HTTPAuthorizationCredentials
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from cdi.api.presence import DeskOf, bearer
from cdi.errors import InputError, LoginError
from cdi.workflow.cards import Card, open_cards
from cdi.workflow.identity import Presence

router = APIRouter(prefix="/cds-services", tags=["CDS Hooks"])
Hook = Literal["patient-view", "encounter-discharge"]
_HOOKS: dict[str, Hook] = {
    "open-queries": "patient-view",
    "open-queries-at-discharge": "encounter-discharge",
}
_PREFETCH = {
    "patient": "Patient/{{context.patientId}}",
    "encounter": "Encounter/{{context.encounterId}}",
}
_Word = Annotated[str, StringConstraints(max_length=400)]


class Service(BaseModel):
    """A service as discovery tells it."""

    hook: Hook
    id: str
    title: str
    description: str
    prefetch: dict[str, str]


class Services(BaseModel):
    """All services."""

    services: list[Service]


class Context(BaseModel):
    """Who looks at whom: ids of the EHR."""

    model_config = ConfigDict(extra="allow")

    userId: _Word = ""  # noqa: N815  (as CDS Hooks spells it)
    patientId: _Word  # noqa: N815
    encounterId: _Word | None = None  # noqa: N815


class HookCall(BaseModel):
    """A call of a service; the access to the EHR that it may offer is not used."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "example": {
                "hook": "patient-view",
                "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
                "context": {
                    "userId": "Practitioner/npi-pat",
                    "patientId": "MRN-7",
                    "encounterId": "E-100",
                },
            }
        },
    )

    hook: Hook
    hookInstance: _Word  # noqa: N815
    context: Context
    prefetch: dict[str, Any] = Field(default_factory=dict)


class Source(BaseModel):
    """Whose card it is."""

    label: str = "Clinical documentation integrity"


class Link(BaseModel):
    """The way to the query; whoever follows it logs in."""

    label: str = "Open the question"
    url: str
    type: Literal["absolute"] = "absolute"


class CardOut(BaseModel):
    """A card: no suggestion, no diagnosis, nothing to choose."""

    uuid: str
    summary: str
    detail: str | None = None
    indicator: Literal["info", "warning"]
    source: Source = Field(default_factory=Source)
    links: list[Link] | None = None


class Cards(BaseModel):
    """The cards of a call; none is an answer too."""

    cards: list[CardOut]


@router.get("", summary="Discovery")
def discover() -> Services:
    """Return the services; needs no login, as CDS Hooks has it."""
    made = [
        Service(
            hook=hook,
            id=name,
            title="Open documentation questions",
            description="Tells which documentation questions about this patient await an answer.",
            prefetch=_PREFETCH,
        )
        for name, hook in _HOOKS.items()
    ]
    return Services(services=made)


def _client(
    request: Request,
    desk: DeskOf,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> Presence:
    """Return the machine that calls.

    Raises:
        LoginError: it shows no token, or none that counts.
    """
    if credentials is None:
        raise LoginError("a token of this client is needed")
    base = desk.address or str(request.base_url).rstrip("/")
    found = request.app.state.cds_clients.find(credentials.credentials, f"{base}{request.url.path}")
    assert isinstance(found, Presence)
    return found


@router.post("/{service}", response_model_exclude_none=True)
def call_service(
    service: Annotated[str, Path(max_length=64)],
    body: HookCall,
    desk: DeskOf,
    client: Annotated[Presence, Depends(_client)],
) -> Cards:
    """Return a card for each question that awaits an answer.

    It is about the stay; about the patient, where no stay is given or it is not known here.
    """
    if _HOOKS.get(service) != body.hook:
        raise InputError("not the hook of this service", field="hook")
    context = body.context
    found = open_cards(
        desk,
        client.actor,
        encounters=_names(context.encounterId, body.prefetch.get("encounter")),
        patients=_names(context.patientId, body.prefetch.get("patient")),
        clinician=context.userId.rsplit("/", 1)[-1],
    )
    leaving = body.hook == "encounter-discharge"
    return Cards(cards=[_shape(card, leaving) for card in found])


def _shape(card: Card, leaving: bool) -> CardOut:
    return CardOut(
        uuid=card.query,
        summary=card.summary,
        detail=card.detail or None,
        indicator="warning" if leaving or card.overdue else "info",
        links=[Link(url=card.url)] if card.url else None,
    )


def _names(given: str | None, resource: object) -> list[str]:
    """Return what a stay or patient may be called here: the id, and identifiers of the resource."""
    names = [given.rsplit("/", 1)[-1]] if given else []
    if isinstance(resource, Mapping):
        names += _identifiers(resource)
    return names[:20]


def _identifiers(resource: Mapping[str, Any]) -> Iterator[str]:
    listed = resource.get("identifier")
    for item in listed if isinstance(listed, list) else []:
        value = item.get("value") if isinstance(item, Mapping) else None
        if isinstance(value, str) and 0 < len(value) <= 200:
            yield value
