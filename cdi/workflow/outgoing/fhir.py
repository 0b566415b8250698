"""Queries to the record system by FHIR: a transaction bundle that can be repeated."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from cdi.errors import InputError, SettingError
from cdi.interop.fhir.outgoing import transaction
from cdi.interop.transport.addresses import Place, parse_place, reachable
from cdi.interop.transport.http import post
from cdi.settings import Settings
from cdi.workflow.desk import Desk
from cdi.workflow.outgoing.dispatch import Dispatch
from cdi.workflow.outgoing.documents import read_document

# The operator has chosen this address, and record systems stand in the hospital's own network.
_ANYWHERE = "0.0.0.0/0,::/0"


@dataclass(frozen=True, slots=True)
class FhirServer:
    """Who takes our resources."""

    place: Place
    token: str = field(repr=False)


def fhir_server(settings: Settings) -> FhirServer | None:
    """Return the server of the settings, None if there is none.

    Raises:
        SettingError: its address is none.
    """
    if not settings.fhir_send_to:
        return None
    try:
        place = parse_place(settings.fhir_send_to)
    except InputError:
        raise SettingError("fhir_send_to: expected the base address of a FHIR server") from None
    return FhirServer(place, settings.fhir_token.get_secret_value())


def send_fhir(desk: Desk, server: FhirServer, dispatch: Dispatch) -> None:
    """Make the server hold the query of a delivery as it stands.

    Raises:
        DeliveryError: the server has not taken it.
    """
    bundle = transaction(read_document(desk, dispatch), f"{desk.address or 'urn:cdi'}/api/fhir")
    headers = {"Content-Type": "application/fhir+json", "X-Request-Id": dispatch.id}
    if server.token:
        headers["Authorization"] = f"Bearer {server.token}"
    body = json.dumps(bundle).encode()
    post(server.place, reachable(server.place, _ANYWHERE), body, headers)
