"""Two people at one letter: the second is shown every word that differs, and loses none."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from desks import Hospital
from fastapi import FastAPI
from fastapi.testclient import TestClient
from page_text import SITE, csrf_of, letter_form
from stays import make_full_stay

from cdi.domain.query import QueryState
from cdi.http import SESSION_COOKIE
from cdi.storage.tables import UserRow
from cdi.workflow.identity import open_session

BrowserOf = Callable[[str], TestClient]
THANKS = " Thank you."


@pytest.fixture
def browser_each(app: FastAPI, hospital: Hospital) -> BrowserOf:
    """Give each of several people a browser of their own."""

    def log_in(name: str) -> TestClient:
        browser = TestClient(
            app,
            base_url=SITE,
            headers={"Sec-Fetch-Site": "same-origin"},
            follow_redirects=False,
        )
        with hospital.store.writing() as session:
            user = session.get_one(UserRow, hospital.users[name])
            login = open_session(hospital.desk, session, user, "test")
        browser.cookies.set(SESSION_COOKIE, login.token, domain="desk.test")
        return browser

    return log_in


def _open(browser_each: BrowserOf, name: str, query: str) -> tuple[TestClient, dict[str, Any]]:
    browser = browser_each(name)
    return browser, letter_form(browser.get(f"/queries/{query}/letter").text)


def _plain(text: str) -> str:
    """Return the words of a page with the marks of the difference alone."""
    bare = re.sub(r'<span class="unseen">[^<]*</span>', "", text)
    return re.sub(r"\s+", " ", re.sub(r"<(?!/?(?:ins|del)>)[^>]*>", " ", bare))


def test_who_saves_second_sees_the_difference_and_saves_over_it(
    browser_each: BrowserOf, hospital: Hospital
) -> None:
    draft = hospital.drafted(make_full_stay())
    sam, mine = _open(browser_each, "sam", draft.id)
    mia, hers = _open(browser_each, "mia", draft.id)
    hers["subject"] = ["Clarification: two questions"]
    assert mia.post(f"/queries/{draft.id}/letter", data=hers).status_code == 303
    subject = mine["subject"][0]
    mine["q0-stem"] = [mine["q0-stem"][0] + THANKS]
    told = sam.post(f"/queries/{draft.id}/letter", data=mine)
    assert told.status_code == 409
    assert "Changed by Dr. Mia Rivera at 3 Jun 2026 09:00" in told.text
    plain = _plain(told.text)
    assert "<ins>Thank you.</ins>" in plain
    assert re.search("<del>two questions</del><ins>[^<]+</ins>", plain)
    assert "theirs: " in told.text
    assert "yours: " in told.text
    again = letter_form(told.text)
    assert (again["subject"], again["q0-stem"]) == ([subject], mine["q0-stem"])
    assert sam.post(f"/queries/{draft.id}/letter", data=again).status_code == 303
    kept = letter_form(sam.get(f"/queries/{draft.id}/letter").text)
    assert (kept["subject"], kept["q0-stem"]) == ([subject], mine["q0-stem"])


def test_a_fact_that_came_and_went_meanwhile_is_never_taken_for_another(
    browser_each: BrowserOf, hospital: Hospital
) -> None:
    draft = hospital.drafted(make_full_stay())
    sam, mine = _open(browser_each, "sam", draft.id)
    mia, hers = _open(browser_each, "mia", draft.id)
    facts = mine["q0-fact"]
    hers["q0-fact"] = facts[1:]
    assert mia.post(f"/queries/{draft.id}/letter", data=hers).status_code == 303
    told = sam.post(f"/queries/{draft.id}/letter", data={**mine, "subject": ["Clarification"]})
    again = letter_form(told.text)
    assert len(again["q0-fact"]) == len(facts)
    assert again["q0-fact"][0] != facts[0]
    assert "Question 1, facts" in told.text
    assert sam.post(f"/queries/{draft.id}/letter", data=again).status_code == 303


def test_a_question_that_joined_meanwhile_stays_as_it_is(
    browser_each: BrowserOf, hospital: Hospital
) -> None:
    encounter, findings = hospital.ready(make_full_stay())
    mia = browser_each("mia")
    page = mia.get(f"/encounters/{encounter}").text
    form = {"csrf": csrf_of(page), "findings": findings[:1]}
    drafted = mia.post(f"/encounters/{encounter}/draft", data=form)
    (query,) = re.findall(r"/queries/(\w+)/letter", drafted.headers["location"])
    sam, mine = _open(browser_each, "sam", query)
    mine["q0-stem"] = [mine["q0-stem"][0] + THANKS]
    mia, hers = _open(browser_each, "mia", query)
    assert mia.post(f"/queries/{query}/join", data={**hers, "join": findings[1]}).status_code == 303
    hx = {"HX-Request": "true", "X-CSRF-Token": mine["csrf"][0]}
    assert "May be sent" in sam.post(f"/queries/{query}/check", data=mine, headers=hx).text
    told = sam.post(f"/queries/{query}/send", data=mine)
    assert (told.status_code, hospital.query(query).state) == (409, QueryState.DRAFT)
    again = letter_form(told.text)
    assert again["q0-stem"] == mine["q0-stem"]
    assert again["q1-stem"][0] != ""
    assert sam.post(f"/queries/{query}/send", data=again).status_code == 303
    assert hospital.query(query).state is QueryState.SENT


def test_a_letter_sent_meanwhile_shows_what_was_typed(
    browser_each: BrowserOf, hospital: Hospital
) -> None:
    draft = hospital.drafted(make_full_stay())
    sam, mine = _open(browser_each, "sam", draft.id)
    mia, hers = _open(browser_each, "mia", draft.id)
    assert mia.post(f"/queries/{draft.id}/send", data=hers).status_code == 303
    mine["q0-stem"] = [mine["q0-stem"][0] + THANKS]
    told = sam.post(f"/queries/{draft.id}/letter", data=mine)
    assert told.status_code == 409
    assert "Sent by Dr. Mia Rivera at" in told.text
    assert "<ins>Thank you.</ins>" in _plain(told.text)
    assert mine["q0-stem"][0] in told.text.replace("&#39;", "'")
    assert hospital.query(draft.id).letter_revision == 1


def test_another_recipient_is_told_and_a_fix_asked_late_shows_the_difference(
    browser_each: BrowserOf, hospital: Hospital
) -> None:
    draft = hospital.drafted(make_full_stay())
    sam, mine = _open(browser_each, "sam", draft.id)
    mia, hers = _open(browser_each, "mia", draft.id)
    pia = hospital.users["pia"]
    moved = mia.post(f"/queries/{draft.id}/recipient", data={**hers, "recipient": pia})
    assert moved.status_code == 303
    mine["q0-stem"] = [mine["q0-stem"][0] + " This raises the reimbursement."]
    hx = {"HX-Request": "true", "X-CSRF-Token": mine["csrf"][0]}
    checked = sam.post(f"/queries/{draft.id}/check", data=mine, headers=hx).text
    (name,) = set(re.findall(r'name="fix" value="([^"]+)"', checked))
    mended = sam.post(f"/queries/{draft.id}/fix", data={**mine, "fix": name}, headers=hx).text
    assert "Changed by Dr. Mia Rivera" in mended
    assert "<del>Dr. Pia Rivera</del> <ins>Dr. Pat Rivera</ins>" in _plain(mended)


def test_a_form_of_no_version_is_refused(browser_each: BrowserOf, hospital: Hospital) -> None:
    draft = hospital.drafted(make_full_stay())
    sam, mine = _open(browser_each, "sam", draft.id)
    for wrong in ({"revision": "9"}, {"q0-fact": "i99"}):
        assert sam.post(f"/queries/{draft.id}/check", data={**mine, **wrong}).status_code == 422


def test_a_reason_chosen_to_override_and_its_remark_outlive_the_check(
    browser_each: BrowserOf, hospital: Hospital
) -> None:
    draft = hospital.drafted(make_full_stay())
    mia, form = _open(browser_each, "mia", draft.id)
    remark = "The record says so."
    form |= {"subject": ["Severe sepsis"], "override": "local_policy", "remark": remark}
    hx = {"HX-Request": "true", "X-CSRF-Token": form["csrf"][0]}
    told = mia.post(f"/queries/{draft.id}/check", data=form, headers=hx).text
    assert '<option value="local_policy" selected>' in told
    assert f'value="{remark}"' in told
