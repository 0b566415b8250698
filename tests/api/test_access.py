"""Logging in and out, cookies from other sites, defects; test_roles has who may call what."""

from __future__ import annotations

import pytest
from api.conftest import PASSWORD
from fastapi.testclient import TestClient
from sqlalchemy import text

READS = ("findings", "queries", "diagnoses", "events", "tokens", "session", "queries/x")


def _as(tokens: dict[str, str], name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens[name]}"}


@pytest.mark.parametrize("path", [f"/api/{name}" for name in READS])
def test_nothing_is_told_without_a_login(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "cdi:login"


def test_a_change_through_a_cookie_comes_from_this_site(client: TestClient) -> None:
    body = {"login": "sam", "password": PASSWORD}
    login = client.post("/api/session", json=body)
    cookie = login.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "secure" in cookie
    assert "samesite=lax" in cookie
    assert client.get("/api/session").status_code == 200
    confirm = {"password": PASSWORD}
    for headers, status in (
        ({}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "https://evil.test"}, 403),
        ({"Origin": "https://desk.test"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
    ):
        answer = client.post("/api/session/confirm", json=confirm, headers=headers)
        assert answer.status_code == status, headers


def test_a_session_ends_when_it_is_closed(client: TestClient, tokens: dict[str, str]) -> None:
    assert client.delete("/api/session", headers=_as(tokens, "sam")).status_code == 204
    assert client.get("/api/session", headers=_as(tokens, "sam")).status_code == 401


def test_a_defect_is_told_by_its_id_and_never_quotes(
    client: TestClient, tokens: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    class Failing:
        def __getattr__(self, name: str) -> None:
            raise ValueError("Zzyzx has heart failure")

    client.app.state.desk = Failing()  # type: ignore[attr-defined]
    answer = client.get("/api/session", headers=_as(tokens, "sam"))
    assert answer.status_code == 500
    problem = answer.json()
    assert problem["type"] == "cdi:defect"
    assert problem["id"] in caplog.messages[-1]
    assert "Zzyzx" not in answer.text + "".join(caplog.messages)


def test_health_and_readiness_need_no_login(client: TestClient) -> None:
    assert client.get("/health").json()["status"] == "ok"
    assert client.get("/ready").json() == {"status": "ready"}


def test_a_service_is_not_ready_over_a_database_of_another_version(client: TestClient) -> None:
    assert client.get("/ready").json() == {"status": "ready"}
    engine = client.app.state.desk.store.engine  # type: ignore[attr-defined]
    revision = text("UPDATE alembic_version SET version_num = :number")
    with engine.begin() as connection:
        current = connection.scalar(text("SELECT version_num FROM alembic_version"))
        connection.execute(revision, {"number": "0001"})
    try:
        answer = client.get("/ready")
    finally:  # the next test has the same tables
        with engine.begin() as connection:
            connection.execute(revision, {"number": current})
    assert answer.status_code == 503
    assert answer.json() == {"status": "not ready", "reason": "storage"}
    assert client.get("/ready").json() == {"status": "ready"}


def test_answers_may_not_be_kept_framed_or_guessed_at(client: TestClient) -> None:
    headers = client.get("/health").headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
