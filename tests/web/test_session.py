"""Logging in and out, choosing a facility, and what a page refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from desks import Hospital
from fastapi.testclient import TestClient
from page_text import SITE, csrf_of, post

from cdi.domain.actor import StaffRole
from cdi.http import SESSION_COOKIE
from cdi.storage.tables import MembershipRow
from cdi.workflow.identity import IDLE

PASSWORD = "correct horse battery"
BrowserOf = Callable[[str], TestClient]


def test_a_page_leads_to_the_login_and_the_login_back_to_the_page(browser: TestClient) -> None:
    away = browser.get("/session/pages")
    assert away.status_code == 404
    away = browser.get("/")
    assert (away.status_code, away.headers["location"]) == (303, "/login")
    form = {"login": "sam", "password": PASSWORD, "next": "/somewhere"}
    logged_in = browser.post("/login", data=form)
    assert (logged_in.status_code, logged_in.headers["location"]) == (303, "/somewhere")
    cookie = logged_in.headers["set-cookie"]
    assert cookie.startswith(f"{SESSION_COOKIE}=")
    for word in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert word in cookie


@pytest.mark.parametrize("path", ["https://evil.test/", "//evil.test", "/\\evil.test", ""])
def test_a_login_leads_nowhere_but_to_this_site(browser: TestClient, path: str) -> None:
    form = {"login": "sam", "password": PASSWORD, "next": path}
    assert browser.post("/login", data=form).headers["location"] == "/"


def test_a_wrong_password_is_told_and_too_many_are_told_apart(browser: TestClient) -> None:
    form = {"login": "sam", "password": "wrong"}
    first = browser.post("/login", data=form)
    assert (first.status_code, "Login or password is wrong." in first.text) == (401, True)
    for _ in range(4):
        browser.post("/login", data=form)
    last = browser.post("/login", data={"login": "sam", "password": PASSWORD})
    assert (last.status_code, "Too many attempts" in last.text) == (429, True)


def test_a_login_that_another_site_posts_is_refused(browser: TestClient) -> None:
    form = {"login": "sam", "password": PASSWORD}
    told = browser.post("/login", data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert (told.status_code, "set-cookie" in told.headers) == (403, False)


def test_logging_out_ends_the_session(browser_of: BrowserOf) -> None:
    browser = browser_of("ada")
    token = browser.cookies[SESSION_COOKIE]
    assert post(browser, "/", "/logout", {}).headers["location"] == "/login"
    browser.cookies.set(SESSION_COOKIE, token, domain="desk.test")
    assert browser.get("/").headers["location"] == "/login"


def test_a_form_without_the_token_of_the_session_changes_nothing(browser_of: BrowserOf) -> None:
    browser = browser_of("ada")
    for content in ({}, {"csrf": "made.up"}):
        assert browser.post("/logout", data=content).status_code == 403
    token = csrf_of(browser.get("/", follow_redirects=True).text)
    refused = browser.post("/logout", data={"csrf": token}, headers={"Sec-Fetch-Site": "same-site"})
    assert refused.status_code == 403
    assert browser.post("/logout", headers={"X-CSRF-Token": token}).status_code == 303


def test_a_session_that_ended_asks_for_the_login_in_place_and_carries_what_was_typed(
    browser_of: BrowserOf, hospital: Hospital
) -> None:
    browser = browser_of("ada")
    token = csrf_of(browser.get("/", follow_redirects=True).text)
    hospital.clock.at += IDLE + timedelta(minutes=1)
    place = hospital.facilities["general"]
    form = {"csrf": token, "facility": place, "comment": "typed\nin two lines <b>"}
    asked = browser.post("/facility", data=form)
    assert asked.status_code == 401
    assert "typed\nin two lines &lt;b&gt;</textarea>" in asked.text
    assert token not in asked.text
    again = {**form, "again_login": "ada", "again_password": "wrong"}
    assert browser.post("/facility", data=again).status_code == 401
    done = browser.post("/facility", data={**again, "again_password": PASSWORD})
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert SESSION_COOKIE in ",".join(done.headers.get_list("set-cookie"))


def test_a_part_of_a_page_asks_for_the_login_within_the_page(
    browser_of: BrowserOf, hospital: Hospital
) -> None:
    browser = browser_of("ada")
    token = csrf_of(browser.get("/", follow_redirects=True).text)
    hospital.clock.at += IDLE + timedelta(minutes=1)
    hx = {"HX-Request": "true", "X-CSRF-Token": token}
    asked = browser.post("/facility", data={"facility": "x"}, headers=hx)
    assert (asked.status_code, asked.headers["hx-retarget"]) == (401, "#again")
    form = {"again_login": "ada", "again_password": PASSWORD}
    done = browser.post("/login/again", data=form, headers=hx)
    assert (done.status_code, "logged-in" in done.headers["hx-trigger"]) == (204, True)


def test_a_facility_is_chosen_among_ones_own(browser_of: BrowserOf, hospital: Hospital) -> None:
    browser = browser_of("ada")
    with hospital.store.writing() as session:
        session.add(
            MembershipRow(
                user_id=hospital.users["ada"],
                facility_id=hospital.facilities["harbor"],
                role=StaffRole.AUDITOR,
            )
        )
    chosen = post(browser, "/", "/facility", {"facility": hospital.facilities["harbor"]})
    assert chosen.headers["location"] == "/"
    assert "selected>Harbor</option>" in browser.get("/", follow_redirects=True).text
    assert post(browser, "/", "/facility", {"facility": "another"}).status_code == 404


def test_every_page_forbids_scripts_and_styles_of_others(browser: TestClient) -> None:
    for path in ("/login", "/nowhere"):
        headers = browser.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'self';")
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"


def test_an_error_has_an_id_and_the_api_keeps_its_own_form(browser: TestClient) -> None:
    page = browser.get("/nowhere")
    assert (page.status_code, "id <code>" in page.text) == (404, True)
    assert page.headers["content-type"].startswith("text/html")
    for method, path, status in (("GET", "/api/nowhere", 404), ("DELETE", "/api/findings", 405)):
        told = browser.request(method, path)
        assert told.status_code == status
        assert told.headers["content-type"].startswith("application/problem+json")
    assert browser.post("/health").status_code == 405
    assert SITE.startswith("https")
