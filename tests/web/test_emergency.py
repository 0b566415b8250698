"""Charts opened outside the care team, with a reason."""

from __future__ import annotations

from collections.abc import Callable

from desks import HERE, Hospital
from fastapi.testclient import TestClient
from page_text import post
from stays import make_full_stay

from cdi.storage.pages import events_page

BrowserOf = Callable[[str], TestClient]
REASON = "collapsed in the corridor"


def test_a_chart_outside_the_care_team_takes_a_reason_and_leaves_a_trail(
    browser_of: BrowserOf, hospital: Hospital
) -> None:
    encounter, _ = hospital.ready(make_full_stay())
    browser = browser_of("pia")
    chart = f"/charts/{encounter}"
    assert browser.get(chart).status_code == 404
    form = {"number": "E-100", "reason": "x"}
    refused = post(browser, "/emergency", "/emergency", form)
    assert (refused.status_code, "a reason is needed" in refused.text) == (422, True)
    opened = post(browser, "/emergency", "/emergency", {**form, "reason": REASON})
    assert opened.headers["location"] == chart
    page = browser.get(chart).text
    assert ("Emergency access: everything" in page, "LVEF 30 %" in page) == (True, True)
    with hospital.store.reading() as session:
        events = events_page(session, [hospital.facilities[HERE]]).rows
    verbs = [row.verb for row in events]
    assert verbs.index("encounter.read") < verbs.index("encounter.open_emergency")
    assert REASON not in "".join(row.detail for row in events)


def test_no_such_number_and_no_such_role_open_nothing(
    browser_of: BrowserOf, hospital: Hospital
) -> None:
    encounter, _ = hospital.ready(make_full_stay())
    form = {"number": "E-999", "reason": REASON}
    assert post(browser_of("pia"), "/emergency", "/emergency", form).status_code == 404
    assert browser_of("sam").get("/emergency").status_code == 403
    assert browser_of("ada").get(f"/charts/{encounter}").status_code == 403
    assert browser_of("kim").get(f"/charts/{encounter}").status_code == 200
    assert browser_of("zoe").get(f"/charts/{encounter}").status_code == 404


def test_the_record_says_nothing_of_findings(browser_of: BrowserOf, hospital: Hospital) -> None:
    encounter, _ = hospital.ready(make_full_stay())
    page = browser_of("kim").get(f"/charts/{encounter}").text
    assert "Creatinine" in page or "creatinine" in page
    for word in ("missing", "priority", "Draft query"):
        assert word not in page
