"""The specialist's worklist and chart, route by route."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from desks import HERE, Hospital
from fastapi.testclient import TestClient
from page_text import csrf_of, post
from stays import make_full_stay

from cdi.storage.findings import finding_rows
from cdi.storage.pages import events_page
from cdi.storage.tables import FindingRow

BrowserOf = Callable[[str], TestClient]


def _finding(hospital: Hospital, encounter: str, condition: str = "heart_failure") -> FindingRow:
    with hospital.store.reading() as session:
        return next(r for r in finding_rows(session, encounter) if r.condition == condition)


def _verbs(hospital: Hospital) -> list[str]:
    with hospital.store.reading() as session:
        page = events_page(session, [hospital.facilities[HERE]], limit=200)
    return [row.verb for row in page.rows]


def test_a_specialist_lands_on_the_worklist_and_others_do_not_get_it(
    browser_of: BrowserOf, hospital: Hospital
) -> None:
    hospital.ready(make_full_stay())
    page = browser_of("sam").get("/", follow_redirects=True)
    assert page.status_code == 200
    assert "Jordan Example" in page.text
    for name in ("pat", "kim", "ada"):
        assert browser_of(name).get("/worklist").status_code == 403


def test_a_search_is_posted_and_its_words_stand_in_no_address(
    browser_of: BrowserOf, hospital: Hospital
) -> None:
    hospital.ready(make_full_stay())
    browser = browser_of("sam")
    found = post(browser, "/worklist", "/worklist/search", {"words": "jordan kidney"})
    assert "Jordan Example" in found.text
    assert not re.search(r'(?:href|action|hx-\w+)="[^"]*jordan', found.text, re.IGNORECASE)
    nothing = post(browser, "/worklist", "/worklist/search", {"words": "<b>nobody"})
    assert "Nothing found" in nothing.text
    assert "<b>nobody" not in nothing.text


def test_an_encounter_is_taken_and_given_back_on_its_line(
    browser_of: BrowserOf, hospital: Hospital
) -> None:
    encounter, _ = hospital.ready(make_full_stay())
    browser = browser_of("sam")
    hx = {"HX-Request": "true", "X-CSRF-Token": csrf_of(browser.get("/worklist").text)}
    line = browser.post("/worklist/assign", data={"only": encounter, "to": "me"}, headers=hx)
    assert (line.status_code, line.text.lstrip().startswith("<tr"), "give back" in line.text) == (
        200,
        True,
        True,
    )
    line = browser.post("/worklist/assign", data={"only": encounter, "to": ""}, headers=hx)
    assert "give back" not in line.text
    form = {"encounters": [encounter], "owner": hospital.users["mia"]}
    done = post(browser, "/worklist", "/worklist/assign", form)
    assert done.headers["location"] == "/worklist?view=open"
    assert "1 encounter assigned." in browser.get("/worklist").text
    assert post(browser, "/worklist", "/worklist/assign", {"owner": "me"}).status_code == 422


def test_a_filter_is_saved_shown_and_removed(browser_of: BrowserOf, hospital: Hospital) -> None:
    hospital.ready(make_full_stay())
    browser = browser_of("sam")
    form = {"name": "Hearts", "view": "open", "condition": "heart_failure"}
    kept = post(browser, "/worklist", "/worklist/filters", form)
    assert kept.headers["location"] == "/worklist?view=open&condition=heart_failure"
    page = browser.get("/worklist").text
    assert '>Hearts <span class="count">1</span></a>' in page
    (drop,) = re.findall(r'action="(/worklist/filters/\w+/drop)"', page)
    post(browser, "/worklist", drop, {})
    assert ">Hearts <" not in browser.get("/worklist").text


def test_a_chart_opens_at_the_first_finding_with_its_evidence_marked(
    browser_of: BrowserOf, hospital: Hospital
) -> None:
    encounter, _ = hospital.ready(make_full_stay())
    page = browser_of("sam").get(f"/encounters/{encounter}").text
    finding = _finding(hospital, encounter, "acute_kidney_injury")
    assert (
        f'class="card finding-card open current high" data-row data-finding="{finding.id}"' in page
    )
    assert f'"{finding.id}": "trigger"' in page
    assert "AKI</mark>" in page
    assert 'class="note gone"' not in page
    assert "encounter.read" in _verbs(hospital)


def test_parts_of_a_chart_come_when_asked_for(browser_of: BrowserOf, hospital: Hospital) -> None:
    encounter, _ = hospital.ready(make_full_stay())
    browser = browser_of("sam")
    base = f"/encounters/{encounter}"
    old = browser.get(f"{base}/notes/1").text
    assert ("no longer counts" in old, "pneumonia" in old) == (True, True)
    assert browser.get(f"{base}/notes/9").status_code == 404
    progress = browser.get(f"{base}/notes/3").text
    assert 'class="copied"' in progress
    trend = browser.get(f"{base}/trend?analyte=creatinine").text
    assert ("1.0" in trend or ">1<" in trend, "2.4" in trend, "<svg" in trend) == (True, True, True)
    assert "no number of it" in browser.get(f"{base}/trend?analyte=zinc").text
    assert "<svg" in browser.get(f"{base}/timeline").text
    found = post(browser, base, f"{base}/search", {"words": "LEGS swollen"}).text
    assert "2 places" in found
    assert post(browser, base, f"{base}/search", {"words": "x"}).status_code == 422
    why_not = post(browser, base, f"{base}/explain", {"condition": "sepsis"}).text
    assert "silent" in why_not
    assert post(browser, base, f"{base}/explain", {"condition": "zzz"}).status_code == 422
    why = browser.get(f"/findings/{_finding(hospital, encounter).id}/why").text
    assert ("rule version" in why, "raised" in why, "“CHF”" in why) == (True, True, True)


def test_what_is_dismissed_or_snoozed_makes_way_for_the_next(
    browser_of: BrowserOf, hospital: Hospital
) -> None:
    encounter, _ = hospital.ready(make_full_stay())
    browser = browser_of("sam")
    kidney = _finding(hospital, encounter, "acute_kidney_injury")
    heart = _finding(hospital, encounter)
    form = {"encounter": encounter, "version": kidney.version, "reason": "misread_the_note"}
    page = f"/encounters/{encounter}"
    done = post(browser, page, f"/findings/{kidney.id}/dismiss", form)
    assert done.headers["location"] == f"/encounters/{encounter}?finding={heart.id}"
    again = post(browser, page, f"/findings/{kidney.id}/dismiss", form)
    assert (again.status_code, "Changed meanwhile" in again.text) == (409, True)
    form = {"encounter": encounter, "version": heart.version, "until": "in three days"}
    done = post(browser, page, f"/findings/{heart.id}/snooze", form)
    assert done.headers["location"] == "/worklist"
    assert "Snoozed" in browser.get("/worklist").text


def test_a_chart_of_another_facility_is_not_there(
    browser_of: BrowserOf, hospital: Hospital
) -> None:
    encounter, _ = hospital.ready(make_full_stay())
    finding = _finding(hospital, encounter)
    browser = browser_of("zoe")
    for path in (
        f"/encounters/{encounter}",
        f"/encounters/{encounter}/notes/1",
        f"/encounters/{encounter}/timeline",
        f"/findings/{finding.id}/why",
    ):
        assert browser.get(path).status_code == 404
    form = {"encounter": encounter, "version": finding.version, "reason": "misread_the_note"}
    path = f"/findings/{finding.id}/dismiss"
    assert post(browser, "/worklist", path, form).status_code == 404


@pytest.mark.parametrize("notes", [100])
def test_a_chart_of_a_hundred_notes_brings_only_those_that_matter(
    browser_of: BrowserOf, hospital: Hospital, notes: int
) -> None:
    encounter, _ = hospital.ready(make_full_stay(notes))
    page = browser_of("sam").get(f"/encounters/{encounter}").text
    assert page.count('aria-busy="true"') == notes + 3 - page.count("data-loaded")
    assert page.count("data-loaded") <= 4
    assert len(page) < 250_000


def test_what_is_new_is_told_on_opening(browser_of: BrowserOf, hospital: Hospital) -> None:
    stay = make_full_stay()
    encounter, _ = hospital.ready(stay)
    browser = browser_of("sam")
    assert "Since you last looked" not in browser.get(f"/encounters/{encounter}").text
    hospital.clock.at += timedelta(days=1)
    later = make_full_stay(2)
    hospital.ready(later)
    page = browser_of("sam").get(f"/encounters/{encounter}").text
    assert "Since you last looked" in page
    assert page.count('<span class="new">new</span>') == 2
