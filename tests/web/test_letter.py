"""The letter editor and the follow-up board, route by route."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from desks import HERE, Hospital
from fastapi.testclient import TestClient
from page_text import csrf_of, letter_form, post
from stays import make_full_stay

from cdi.domain.policy import Policy
from cdi.domain.query import HandoverReason, QueryState
from cdi.workflow.handover import Handover, decline_query

BrowserOf = Callable[[str], TestClient]


def _act(browser: TestClient, query: str, what: str, **changes: Any) -> Any:
    page = browser.get(f"/queries/{query}/letter").text
    return browser.post(f"/queries/{query}/{what}", data={**letter_form(page), **changes})


def test_a_letter_is_drafted_from_the_chart_and_sent_unedited(
    browser_of: BrowserOf, hospital: Hospital
) -> None:
    encounter, findings = hospital.ready(make_full_stay())
    browser = browser_of("sam")
    chart = f"/encounters/{encounter}"
    drafted = post(browser, chart, f"{chart}/draft", {"findings": findings})
    (query,) = re.findall(r"/queries/(\w+)/letter", drafted.headers["location"])
    page = browser.get(f"/queries/{query}/letter").text
    assert "May be sent" in page
    assert "wrote what raised the question" in page
    assert _act(browser, query, "send").headers["location"] == chart
    row = hospital.query(query)
    assert (row.state, row.letter_revision) == (QueryState.SENT, 1)
    away = browser.get(f"/queries/{query}/letter")
    assert away.headers["location"] == f"/queries/{query}/file"
    assert "Withdraw" in browser.get(f"/queries/{query}/file").text


def test_a_violation_is_told_live_underlined_and_mended(
    browser_of: BrowserOf, hospital: Hospital
) -> None:
    draft = hospital.drafted(make_full_stay())
    browser = browser_of("sam")
    page = browser.get(f"/queries/{draft.id}/letter").text
    form = letter_form(page)
    form["q0-stem"] = [form["q0-stem"][0] + " This raises the reimbursement."]
    hx = {"HX-Request": "true", "X-CSRF-Token": csrf_of(page)}
    told = browser.post(f"/queries/{draft.id}/check", data=form, headers=hx).text
    assert "to mend" in told
    assert re.search(r'id="m-q0-stem"[^>]*>.*<mark class="block"[^>]*>reimbursement</mark>', told)
    (name,) = set(re.findall(r'name="fix" value="([^"]+)"', told))
    mended = browser.post(f"/queries/{draft.id}/fix", data={**form, "fix": name}, headers=hx).text
    assert "May be sent" in mended
    assert "reimbursement" not in mended
    assert hospital.query(draft.id).letter_revision == 1
    sent = browser.post(f"/queries/{draft.id}/send", data=form)
    assert (sent.status_code, "The letter is not sent" in sent.text) == (422, True)
    assert "reimbursement" in sent.text


def test_the_recipient_is_changed_and_another_finding_joins(
    browser_of: BrowserOf, hospital: Hospital
) -> None:
    encounter, findings = hospital.ready(make_full_stay())
    browser = browser_of("sam")
    chart = f"/encounters/{encounter}"
    drafted = post(browser, chart, f"{chart}/draft", {"findings": findings[:1]})
    (query,) = re.findall(r"/queries/(\w+)/letter", drafted.headers["location"])
    pia = hospital.users["pia"]
    _act(browser, query, "recipient", recipient=pia)
    assert hospital.query(query).recipient_id == pia
    _act(browser, query, "join", join=findings[1])
    row = hospital.query(query)
    assert (len(row.questions), row.recipient_id) == (2, pia)


def test_the_preview_is_the_letter_in_its_own_style_alone(
    browser_of: BrowserOf, hospital: Hospital
) -> None:
    draft = hospital.drafted(make_full_stay())
    shown = _act(browser_of("sam"), draft.id, "preview", subject="Clarification: hearts")
    assert "<h1>Clarification: hearts</h1>" in shown.text
    policy = shown.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script" not in shown.text


def test_a_draft_is_dropped_and_its_findings_are_open_again(
    browser_of: BrowserOf, hospital: Hospital
) -> None:
    draft = hospital.drafted(make_full_stay())
    _act(browser_of("sam"), draft.id, "drop")
    assert hospital.query(draft.id).state is QueryState.RESOLVED


def test_only_a_manager_is_offered_to_override(browser_of: BrowserOf, hospital: Hospital) -> None:
    draft = hospital.drafted(make_full_stay())
    for name, offered in (("sam", False), ("mia", True)):
        browser = browser_of(name)
        page = browser.get(f"/queries/{draft.id}/letter").text
        form = {**letter_form(page), "subject": ["Severe sepsis"]}
        hx = {"HX-Request": "true", "X-CSRF-Token": csrf_of(page)}
        told = browser.post(f"/queries/{draft.id}/check", data=form, headers=hx).text
        assert ("to mend" in told, 'name="override"' in told) == (True, offered)


@pytest.mark.parametrize("name", ["pat", "kim", "ada"])
def test_the_editor_and_the_board_are_for_the_desk(
    browser_of: BrowserOf, hospital: Hospital, name: str
) -> None:
    draft = hospital.drafted(make_full_stay())
    browser = browser_of(name)
    for path in (f"/queries/{draft.id}/letter", f"/queries/{draft.id}/file", "/follow-up"):
        assert browser.get(path).status_code == 403


def test_what_was_given_back_stands_on_the_board_with_the_remark_and_is_sent_on(
    browser_of: BrowserOf, hospital: Hospital
) -> None:
    sent = hospital.sent()
    handover = Handover(HandoverReason.UNCLEAR, "Which of the two echoes?")
    declined = decline_query(hospital.desk, hospital.actor("pat"), sent.id, sent.version, handover)
    page = browser_of("sam").get("/follow-up").text
    told = page[page.index('class="handed') :][:400]
    assert "Given back by Dr. Pat Rivera, 3 Jun 09:00: unclear" in told
    assert "<q>Which of the two echoes?</q>" in told
    form = {"version": declined.version, "recipient": hospital.users["pia"]}
    done = post(browser_of("sam"), "/follow-up", f"/follow-up/{sent.id}/reroute", form)
    assert done.status_code == 303
    assert 'formaction="/follow-up/' + sent.id + '/reroute"' in page
    asked = browser_of("pia").get(f"/questions/{sent.id}/1").text
    assert "Which of the two echoes?" not in asked, "it was for the specialist"


def test_the_board_shows_what_waits_and_takes_it_on(
    browser_of: BrowserOf, hospital: Hospital
) -> None:
    hospital.set_policy(Policy(escalate_to=hospital.users["pia"]))
    sent = hospital.sent(make_full_stay())
    browser = browser_of("sam")
    page = browser.get("/follow-up").text
    assert ("Waiting" in page, "Overdue" in page, "Jordan Example" in page) == (True, False, True)
    assert page.count("Dr. Pia Rivera</option>") == 1, "once on the page, however many rows"
    for step in ("remind", "escalate"):
        version = hospital.query(sent.id).version
        done = post(browser, "/follow-up", f"/follow-up/{sent.id}/{step}", {"version": version})
        assert done.headers["location"] == "/follow-up"
    assert hospital.query(sent.id).state is QueryState.ESCALATED
    hospital.clock.pass_hours(24 * 4)
    assert "Overdue" in browser_of("sam").get("/follow-up").text
    form = {"version": hospital.query(sent.id).version, "recipient": hospital.users["pia"]}
    post(browser, "/follow-up", f"/follow-up/{sent.id}/reroute", form)
    assert hospital.query(sent.id).recipient_id == hospital.users["pia"]
    assert hospital.facilities[HERE]
