"""A physician logs in and signs at an identity provider, in a browser."""

from __future__ import annotations

import re
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
from playwright.sync_api import Browser, Page, expect

from cdi.app import create_app
from cdi.domain.query import QueryState
from cdi.interop.identity import Provider, ProviderSettings
from cdi.interop.mapping import load_intake
from cdi.storage.queries import find_response
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


WORDS = "Septic cardiomyopathy, echo pending"


def _log_in(page: Page, provider: Running) -> None:
    provider.order(SUBJECT)
    page.get_by_role("link", name="Log in with your organisation's account").click()


def _type_words(page: Page) -> None:
    page.locator("details.option summary", has_text="Other").click()
    page.get_by_label("Your words: Other").fill(WORDS)


def test_words_typed_are_signed_though_the_provider_refused_and_knew_somebody_else(
    chromium: Browser, desk_at_provider: str, hospital: Hospital, provider: Running
) -> None:
    query = hospital.sent()
    page = chromium.new_page()
    page.goto(f"{desk_at_provider}/questions/{query.id}")
    provider.order(SUBJECT, auth_time=int(time.time()) - 4_000)
    page.get_by_role("link", name="Log in with your organisation's account").click()
    _type_words(page)
    page.get_by_role("button", name="Answer with these words").click()
    confirming = page.get_by_role("link", name="Confirm who you are, then sign")
    for subject, fault, told in (
        (SUBJECT, "refused", "You were not confirmed there"),
        ("somebody-else", "", "That did not confirm who you are"),
    ):
        provider.order(subject, fault)
        confirming.click()
        expect(page.get_by_role("status")).to_contain_text(told)
        expect(page.locator(".addendum")).to_contain_text(WORDS)
        expect(page.get_by_role("button", name="Sign")).to_have_count(0)
    provider.order(SUBJECT)
    confirming.click()
    page.get_by_role("button", name="Sign").click()
    expect(page.get_by_role("heading", name="Signed. Thank you.")).to_be_visible()
    with hospital.store.reading() as session:
        response = find_response(session, query.id)
        assert response is not None
        assert WORDS in response.addendum
        assert response.answered_by == hospital.users["pat"]
    page.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_session_that_ends_while_words_are_typed_is_opened_at_the_provider_beside_them(
    chromium: Browser, desk_at_provider: str, hospital: Hospital, provider: Running, scripts: bool
) -> None:
    query = hospital.sent()
    context = chromium.new_context(java_script_enabled=scripts)
    page = context.new_page()
    page.goto(f"{desk_at_provider}/questions/{query.id}")
    _log_in(page, provider)
    _type_words(page)
    context.clear_cookies()
    page.get_by_role("button", name="Answer with these words").click()
    expect(page.get_by_role("heading", name="The session has ended")).to_be_visible()
    with context.expect_page() as opened:
        _log_in(page, provider)
    expect(opened.value.get_by_role("heading", name="You are logged in")).to_be_visible()
    opened.value.close()
    page.get_by_role("button", name="I have logged in there, go on").click()
    expect(page.get_by_role("heading", name="You have logged in anew")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="Read and sign")).to_be_visible()
    expect(page.locator(".addendum")).to_contain_text(WORDS)
    context.close()


def test_a_letter_being_edited_goes_on_after_the_login_at_the_provider(
    chromium: Browser, desk_at_provider: str, hospital: Hospital, provider: Running
) -> None:
    draft = hospital.drafted()
    with hospital.store.writing() as session:
        session.get_one(UserRow, hospital.users["pat"]).subject = None
        session.flush()
        session.get_one(UserRow, hospital.users["sam"]).subject = SUBJECT
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{desk_at_provider}/queries/{draft.id}/letter")
    _log_in(page, provider)
    context.clear_cookies()
    page.locator("#q0-stem").press("Control+End")
    page.keyboard.type(" Thank you.")
    dialog = page.get_by_role("dialog", name="The session has ended")
    expect(dialog).to_be_visible()
    with context.expect_page() as opened:
        _log_in(page, provider)
    expect(opened.value.get_by_role("heading", name="You are logged in")).to_be_visible()
    dialog.get_by_role("button", name="I have logged in there, go on").click()
    expect(page.get_by_text("not saved yet")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.locator("#q0-stem")).to_have_value(re.compile("Thank you.$"))
    context.close()
