"""A physician logs in and signs at an identity provider, in a browser."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import uvicorn
from desks import Hospital
from oidc_provider import CLIENT, SECRET, Running, provider_running
from playwright.sync_api import Browser, expect

from cdi.app import create_app
from cdi.domain.query import QueryState
from cdi.interop.identity import Provider, ProviderSettings
from cdi.interop.mapping import load_intake
from cdi.storage.tables import UserRow
from cdi.workflow.single_sign_on import SingleSignOn

SUBJECT = "subject-of-pat"


@pytest.fixture
def provider() -> Iterator[Running]:
    with provider_running() as running:
        yield running


def _now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def desk_at_provider(hospital: Hospital, provider: Running) -> Iterator[str]:
    """The address of a server whose people log in at the provider alone."""
    hospital.clock.at = _now()
    with hospital.store.writing() as session:
        pat = session.get_one(UserRow, hospital.users["pat"])
        pat.subject = SUBJECT
    listening = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    desk = replace(hospital.desk, address=address, now=_now)
    sign_on = SingleSignOn(Provider(ProviderSettings(provider.issuer, CLIENT, SECRET)))
    app = create_app(desk, load_intake(None), sign_on, secure_cookies=False)
    config = uvicorn.Config(app, access_log=False, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield address
    server.should_exit = True
    thread.join(timeout=10)


def test_a_physician_logs_in_at_the_provider_and_signs_by_proving_it_again(
    chromium: Browser, desk_at_provider: str, hospital: Hospital, provider: Running
) -> None:
    query = hospital.sent()
    provider.order(SUBJECT, auth_time=int(time.time()) - 4_000)
    page = chromium.new_page()
    page.goto(f"{desk_at_provider}/questions/{query.id}")
    page.get_by_role("link", name="Log in with your organisation's account").click()
    expect(page.get_by_text("Question 1 of 1")).to_be_visible()
    page.locator("button.option").first.click()
    expect(page.get_by_role("heading", name="Read and sign")).to_be_visible()
    expect(page.get_by_label("Password")).to_have_count(0)
    expect(page.get_by_role("button", name="Sign")).to_have_count(0)
    provider.order(SUBJECT)
    page.get_by_role("link", name="Confirm who you are, then sign").click()
    page.get_by_role("button", name="Sign").click()
    expect(page.get_by_text("Signed").first).to_be_visible()
    assert hospital.query(query.id).state is QueryState.ANSWERED
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_text("You are logged out here.")).to_be_visible()
    page.close()
