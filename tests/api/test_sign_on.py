"""Links of notices in a browser; the identity provider is tested in test_single_sign_on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from api.conftest import PASSWORD, browser
from desks import Hospital
from fastapi.testclient import TestClient

from cdi.workflow.links import make_link


@pytest.fixture
def link(hospital: Hospital) -> tuple[str, str]:
    """A sent query and the path of a link to it for Pat."""
    query = hospital.sent()
    desk = replace(hospital.desk, address="https://desk.test")
    address = make_link(desk, query.id, hospital.users["pat"])
    return query.id, address.removeprefix("https://desk.test")


def test_a_link_asks_for_the_login_and_then_leads_to_the_query(
    client: TestClient, link: tuple[str, str]
) -> None:
    query, path = link
    first = client.get(path, follow_redirects=False)
    assert first.status_code == 303
    login_page, next_page = first.headers["location"].split("?next=")
    assert (login_page, next_page.replace("%2F", "/")) == ("/login", path)
    client.post("/api/session", json={"login": "pat", "password": PASSWORD})
    second = client.get(path, follow_redirects=False)
    assert (second.status_code, second.headers["location"]) == (303, f"/questions/{query}")
    third = client.get(path, follow_redirects=False)
    assert (third.status_code, third.json()["type"]) == (410, "cdi:link")


def test_a_link_is_nothing_to_another_user(
    client: TestClient, tokens: dict[str, str], link: tuple[str, str]
) -> None:
    _, path = link
    pia = browser(client, tokens["pia"])
    assert pia.get(path, follow_redirects=False).status_code == 404
    pat = browser(client, tokens["pat"])
    assert pat.get(path, follow_redirects=False).status_code == 303


def test_a_token_of_a_machine_is_made_told_once_used_and_revoked(
    client: TestClient, tokens: dict[str, str], hospital: Hospital
) -> None:
    eve = {"Authorization": f"Bearer {tokens['eve']}"}
    place = hospital.facilities["general"]
    body = {"facility_id": place, "name": "lab feed", "verbs": ["encounter.ingest"]}
    made = client.post("/api/tokens", json=body, headers=eve).json()
    assert made["secret"] not in client.get("/api/tokens", headers=eve).text
    machine = {"Authorization": f"Bearer {made['secret']}"}
    stay = {"id": "E-1", "notes": [{"id": "n1", "kind": "Progress note", "text": "Well."}]}
    path = f"/api/encounters?facility_id={place}"
    assert client.post(path, json=stay, headers=machine).status_code == 201
    assert client.get("/api/queries", headers=machine).status_code == 403
    assert client.delete(f"/api/tokens/{made['id']}", headers=eve).status_code == 204
    assert client.get("/api/queries", headers=machine).status_code == 401
