"""Rule health and letter audits, as pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from desks import Hospital
from fastapi.testclient import TestClient
from page_text import post

from cdi.domain.query import FindingState
from cdi.storage.findings import finding_rows

BrowserOf = Callable[[str], TestClient]
RULE = {"condition": "heart_failure", "name": "type_or_acuity_missing"}


def test_a_manager_mutes_a_rule_and_hears_it_again(
    browser_of: BrowserOf, hospital: Hospital
) -> None:
    encounter, _ = hospital.ready()
    browser = browser_of("mia")
    path = "/rule-health/mute"
    assert post(browser, "/rule-health", path, RULE | {"reason": ""}).status_code == 422
    muted = post(browser, "/rule-health", path, RULE | {"reason": "asked too often"})
    assert (muted.status_code, muted.headers["location"]) == (303, "/rule-health")
    text = browser.get("/rule-health").text
    assert "3 Jun 2026, Dr. Mia Rivera: asked too often" in text
    with hospital.store.reading() as session:
        assert [row.state for row in finding_rows(session, encounter)] == [FindingState.MUTED]
    assert post(browser, "/rule-health", path, RULE | {"reason": "again"}).status_code == 409
    post(browser, "/rule-health", "/rule-health/unmute", RULE)
    assert "asked too often" not in browser.get("/rule-health").text


def test_a_facility_without_findings_says_so(browser_of: BrowserOf) -> None:
    assert "No rule has raised a finding here" in browser_of("mia").get("/rule-health").text


def test_an_audit_is_drawn_judged_and_exported(browser_of: BrowserOf, hospital: Hospital) -> None:
    hospital.sent()
    browser = browser_of("ada")
    drawn = post(browser, "/letter-audits", "/letter-audits", {"month": "2026-06", "size": "5"})
    assert drawn.status_code == 303
    path = drawn.headers["location"]
    text = browser.get(path).text
    assert "Letter 1 of 1" in text
    rules = text.split('name="rule" value="')[1:]
    first, second = (rule.split('"')[0] for rule in rules[:2])
    query = text.split('name="letter" value="')[1].split('"')[0]
    form = {"letter": query, "number": "1", "following": "0", "rule": [first, second]}
    form |= {f"verdict-{first}": "met", f"verdict-{second}": "opportunity"}
    form[f"comment-{second}"] = "leads the reader"
    kept = post(browser, path, path, form)
    assert (kept.status_code, kept.headers["location"]) == (303, f"{path}?letter=1")
    assert "2 lines judged, 1 as the linter, 1 it missed" in browser.get(path).text
    sheet = browser.get(f"{path}/worksheet.csv").text.splitlines()
    assert f"{query},{second},met,,opportunity,leads the reader" in sheet
    wrong = post(browser, path, path, form | {f"verdict-{first}": "perhaps"})
    assert wrong.status_code == 422
    assert browser.get(f"{path}?letter=2").status_code == 404


@pytest.mark.parametrize("size", ["0", "201", "many"])
def test_a_sample_has_a_size(browser_of: BrowserOf, hospital: Hospital, size: str) -> None:
    hospital.sent()
    form = {"month": "2026-06", "size": size}
    assert post(browser_of("ada"), "/letter-audits", "/letter-audits", form).status_code == 422


def test_a_month_without_letters_gives_no_sample(browser_of: BrowserOf) -> None:
    form = {"month": "2026-01", "size": "5"}
    told = post(browser_of("mia"), "/letter-audits", "/letter-audits", form)
    assert told.status_code == 422
    assert "no letter was sent in that time" in told.text


@pytest.mark.parametrize("name", ["sam", "pat", "kim", "eve"])
def test_these_pages_are_not_for_others(browser_of: BrowserOf, name: str) -> None:
    browser = browser_of(name)
    for path in ("/rule-health", "/letter-audits"):
        assert browser.get(path).status_code == 403
