"""CDS Hooks as its specification has it: discovery, calls with tokens, signed calls, cards."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from desks import HERE, Hospital
from fastapi.testclient import TestClient
from oidc_provider import Running, provider_running

from cdi.app import create_app
from cdi.interop.mapping import load_intake
from cdi.workflow.tokens import add_token, revoke_token

SERVICES = {"open-queries": "patient-view", "open-queries-at-discharge": "encounter-discharge"}


def _token(hospital: Hospital, verb: str = "cards.read") -> str:
    eve, place = hospital.actor("eve"), hospital.facilities[HERE]
    return add_token(hospital.desk, eve, place, "ehr", [verb]).secret


def _body(hook: str = "patient-view", **context: str) -> dict[str, Any]:
    given = {"userId": "Practitioner/npi-pat", "patientId": "MRN-7", "encounterId": "E-100"}
    return {"hook": hook, "hookInstance": "i-1", "context": {**given, **context}}


def _call(
    client: TestClient, token: str, service: str = "open-queries", **changes: Any
) -> tuple[int, Any]:
    body = {**_body(SERVICES.get(service, "patient-view")), **changes}
    headers = {"Authorization": f"Bearer {token}"}
    answer = client.post(f"/cds-services/{service}", json=body, headers=headers)
    return answer.status_code, answer.json()


def test_the_services_are_discovered_without_a_login(client: TestClient) -> None:
    services = client.get("/cds-services").json()["services"]
    assert {service["id"]: service["hook"] for service in services} == SERVICES
    for service in services:
        assert service["prefetch"]["patient"] == "Patient/{{context.patientId}}"
        assert service["description"]


def test_a_card_has_what_the_specification_asks_and_nothing_empty(
    client: TestClient, hospital: Hospital
) -> None:
    hospital.sent()
    status, answer = _call(client, _token(hospital))
    (card,) = answer["cards"]
    assert status == 200
    assert card["summary"] == "A documentation question awaits your answer"
    assert len(card["summary"]) < 140
    assert card["indicator"] == "info"
    assert card["source"] == {"label": "Clinical documentation integrity"}
    # No suggestion could be neutral; no link without an address of the desk.
    assert card.keys() == {"uuid", "summary", "detail", "indicator", "source"}


def test_at_discharge_a_question_that_waits_is_a_warning(
    client: TestClient, hospital: Hospital
) -> None:
    hospital.sent()
    _, answer = _call(client, _token(hospital), "open-queries-at-discharge")
    assert [card["indicator"] for card in answer["cards"]] == ["warning"]


def test_where_nothing_waits_there_are_no_cards(client: TestClient, hospital: Hospital) -> None:
    hospital.drafted()
    assert _call(client, _token(hospital)) == (200, {"cards": []})


def test_a_stay_is_found_by_the_identifiers_of_what_was_prefetched(
    client: TestClient, hospital: Hospital
) -> None:
    hospital.sent()
    token = _token(hospital)
    context = {"userId": "x", "patientId": "fhir-1", "encounterId": "fhir-2"}
    assert _call(client, token, context=context) == (200, {"cards": []})
    encounter = {"resourceType": "Encounter", "identifier": [{"value": "E-100"}]}
    _, answer = _call(client, token, context=context, prefetch={"encounter": encounter})
    assert len(answer["cards"]) == 1
    patient = {"resourceType": "Patient", "identifier": [{"value": 7}, {"value": "MRN-7"}]}
    _, answer = _call(client, token, context=context, prefetch={"patient": patient})
    assert len(answer["cards"]) == 1
    odd = {"patient": None, "encounter": {"identifier": "E-100"}, "more": [1]}
    assert _call(client, token, context=context, prefetch=odd) == (200, {"cards": []})


def test_only_a_machine_that_may_gets_cards(
    client: TestClient, hospital: Hospital, tokens: dict[str, str]
) -> None:
    hospital.sent()
    assert client.post("/cds-services/open-queries", json=_body()).status_code == 401
    for token in ("nonsense", "a.b.c", tokens["pat"], "cdi_guessed"):
        assert _call(client, token)[0] == 401
    assert _call(client, _token(hospital, "metrics.scrape"))[0] == 403


def test_a_wrong_hook_or_service_is_told(client: TestClient, hospital: Hospital) -> None:
    token = _token(hospital)
    for service, hook in (("open-queries", "encounter-discharge"), ("nothing", "patient-view")):
        status, problem = _call(client, token, service, hook=hook)
        assert (status, problem["fields"][0]["field"]) == (422, "hook")
    assert _call(client, token, hook="order-sign")[0] == 422


@pytest.fixture(scope="module")
def ehr() -> Iterator[Running]:
    with provider_running() as running:
        yield running


def _now() -> datetime:
    return datetime.now(UTC)


ADDRESS = "https://desk.test/cds-services/open-queries"


@pytest.fixture
def signed(hospital: Hospital, ehr: Running) -> Iterator[tuple[TestClient, str]]:
    """The desk with an EHR that signs its calls, and the id of what was added for it."""
    hospital.clock.at = _now()
    desk = replace(hospital.desk, address="https://desk.test", now=_now)
    made = add_token(
        desk,
        hospital.actor("eve"),
        hospital.facilities[HERE],
        "ehr",
        ["cards.read"],
        issuer=ehr.issuer,
        jwks_url=f"{ehr.issuer}/jwks",
    )
    assert made.secret == ""
    hospital.sent()
    with TestClient(create_app(desk, load_intake(None)), base_url="https://desk.test") as client:
        yield client, made.receipt.id


@pytest.mark.enable_socket
def test_a_call_that_its_client_signed_is_answered_once(
    signed: tuple[TestClient, str], ehr: Running
) -> None:
    client, _ = signed
    token = ehr.sign(aud=ADDRESS)
    status, answer = _call(client, token)
    assert (status, len(answer["cards"])) == (200, 1)
    assert answer["cards"][0]["links"][0]["url"].startswith("https://desk.test/questions/")
    status, problem = _call(client, token)
    assert (status, problem["detail"]) == (401, "this token came before")
    assert _call(client, ehr.sign(aud=ADDRESS))[0] == 200


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("claims", "named"),
    [
        ({"aud": "https://desk.test/cds-services/open-queries-at-discharge"}, "aud"),
        ({"aud": None}, "aud"),
        ({"exp": int(time.time()) - 600}, "exp"),
        ({"exp": int(time.time()) + 90_000}, "exp"),
        ({"exp": None}, "exp"),
        ({"jti": None}, "jti"),
        ({"iss": "https://evil.test"}, "not known"),
    ],
)
def test_a_signed_call_with_a_fault_is_refused(
    signed: tuple[TestClient, str], ehr: Running, claims: dict[str, Any], named: str
) -> None:
    client, _ = signed
    status, problem = _call(client, ehr.sign(**{"aud": ADDRESS, **claims}))
    assert (status, named in problem["detail"]) == (401, True)


@pytest.mark.enable_socket
def test_a_client_that_was_revoked_is_refused(
    signed: tuple[TestClient, str], ehr: Running, hospital: Hospital
) -> None:
    client, identifier = signed
    revoke_token(hospital.desk, hospital.actor("eve"), identifier)
    assert _call(client, ehr.sign(aud=ADDRESS))[0] == 401
