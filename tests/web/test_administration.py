"""The administrator's pages, and the audit trail as a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from desks import HERE, Hospital
from fastapi import FastAPI
from fastapi.testclient import TestClient
from page_text import post

from cdi.domain.actor import StaffRole
from cdi.storage.people import find_policy
from cdi.storage.tables import DeliveryKind, DeliveryRow, DeliveryState, FacilityRow, UserRow
from cdi.workflow.facilities import list_facilities

BrowserOf = Callable[[str], TestClient]


def test_an_account_is_added_gets_another_role_and_loses_its_sessions(
    browser_of: BrowserOf, hospital: Hospital
) -> None:
    browser = browser_of("eve")
    form = {
        "login": "noa",
        "name": "Noa Test",
        "password": "correct horse battery",
        "roles": ["coder", "auditor"],
    }
    assert post(browser, "/users", "/users", form).status_code == 303
    assert "Noa Test" in browser.get("/users").text
    with hospital.store.reading() as session:
        noa = session.query(UserRow).filter_by(login="noa").one().id
    hospital.users["noa"] = noa
    assert post(browser, "/users", f"/users/{noa}/roles", {"roles": "coder"}).status_code == 303
    assert hospital.actor("noa").roles == {hospital.facilities[HERE]: {StaffRole.CODER}}
    assert post(browser, "/users", f"/users/{noa}/revoke", {}).status_code == 303
    assert post(browser, "/users", f"/users/{noa}/roles", {"roles": "king"}).status_code == 422
    assert post(browser, "/users", f"/users/{noa}/close", {}).status_code == 303
    page = browser.get("/users").text
    assert (">closed<" in page, f"/users/{noa}/open" in page) == (True, True)
    assert f"/users/{hospital.users['eve']}/close" not in page, "nobody closes themselves"
    assert post(browser, "/users", f"/users/{noa}/open", {}).status_code == 303
    assert ">closed<" not in browser.get("/users").text
    again = post(browser, "/users", "/users", form)
    assert (again.status_code, "Noa Test" in again.text) == (409, True)


def test_a_facility_is_added_with_its_time_zone_and_is_administered_by_who_added_it(
    browser_of: BrowserOf, hospital: Hospital, tmp_path: Path
) -> None:
    browser = browser_of("eve")
    form = {"name": "North Clinic", "code": "north", "zone": "America/Chicago"}
    assert post(browser, "/facilities", "/facilities", form).status_code == 303
    page = browser_of("eve").get("/facilities").text
    for words in ("North Clinic", "<code>north</code>", "America/Chicago", "as the release has it"):
        assert words in page, words
    with hospital.store.reading() as session:
        north = session.query(FacilityRow).filter_by(code="north").one().id
        assert find_policy(session, north, hospital.clock()).zone == "America/Chicago"
    assert hospital.actor("eve").roles[north] == {StaffRole.ADMIN}
    own_templates = tmp_path / "letterheads" / "north"
    own_templates.mkdir(parents=True)
    (own_templates / "question.html.j2").touch()
    app = browser.app
    assert isinstance(app, FastAPI)
    own = replace(app.state.desk, letterheads={"north": own_templates})
    assert [place.letterhead for place in list_facilities(own, hospital.actor("eve"))] == [
        (),
        ("question.html.j2",),
    ]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"code": HERE}, 409),
        ({"code": "Not a code"}, 422),
        ({"code": "../up"}, 422),
        ({"name": " "}, 422),
        ({"zone": "Mars/Base"}, 422),
    ],
)
def test_a_facility_that_cannot_be_is_refused_and_what_was_typed_comes_back(
    browser_of: BrowserOf, hospital: Hospital, changes: dict[str, str], status: int
) -> None:
    form = {"name": "North Clinic", "code": "north", "zone": "America/Chicago", **changes}
    told = post(browser_of("eve"), "/facilities", "/facilities", form)
    assert (told.status_code, form["zone"] in told.text) == (status, True)
    assert set(hospital.actor("eve").roles) == {hospital.facilities[HERE]}


def test_a_policy_is_put_in_force(browser_of: BrowserOf, hospital: Hospital) -> None:
    browser = browser_of("mia")
    assert 'value="Mon-Fri 08:00-17:00"' in browser.get("/policy").text
    form = {
        "zone": "America/Chicago",
        "hours": "Mon-Fri 07:00-19:00",
        "holidays": "2026-12-25, 2027-01-01",
        "due_hours": "20",
        "reminder_hours": "10 20",
        "escalate_hours": "24.5",
        "expire_hours": "90",
        "most_per_day": "4",
        "signature_minutes": "5",
    }
    assert post(browser, "/policy", "/policy", form).status_code == 303
    with hospital.store.reading() as session:
        policy = find_policy(session, hospital.facilities[HERE], hospital.clock())
    assert (policy.zone, policy.reminder_hours, policy.escalate_hours) == (
        "America/Chicago",
        (10, 20),
        24.5,
    )
    for wrong in ({"holidays": "Christmas"}, {"due_hours": "soon"}, {"due_hours": "1 2"}):
        assert post(browser, "/policy", "/policy", form | wrong).status_code == 422


def test_a_delivery_that_failed_is_tried_again(browser_of: BrowserOf, hospital: Hospital) -> None:
    browser = browser_of("eve")
    assert "Nothing is failed." in browser.get("/deliveries").text
    with hospital.store.writing() as session:
        row = DeliveryRow(
            facility_id=hospital.facilities[HERE],
            kind=DeliveryKind.EMAIL,
            topic="query.sent",
            target="pat@example.org",
            state=DeliveryState.FAILED,
            attempts=8,
            created_at=hospital.clock(),
            due_at=hospital.clock(),
            error="refused",
            content="{}",
        )
        session.add(row)
    assert "pat@example.org" in browser.get("/deliveries").text
    assert post(browser, "/deliveries", f"/deliveries/{row.id}/retry", {}).status_code == 303
    assert "pat@example.org" in browser.get("/deliveries?state=waiting").text
    assert post(browser, "/deliveries", f"/deliveries/{row.id}/retry", {}).status_code == 409


def test_the_trail_is_searched_and_proved(browser_of: BrowserOf, hospital: Hospital) -> None:
    sent = hospital.sent()
    browser = browser_of("ada")
    text = browser.get("/audit", params={"verb": "query.send"}).text
    assert f"/figures/queries/{sent.id}" in text
    assert "Dr. Sam Rivera" in text
    assert "No such line" in browser.get("/audit", params={"thing": "nothing"}).text
    proof = post(browser, "/audit", "/audit/verify", {})
    assert "The chain is whole" in proof.text


def test_what_came_in_whole_leaves_no_gap(browser_of: BrowserOf) -> None:
    assert "Everything that came in could be used." in browser_of("eve").get("/intake-gaps").text


@pytest.mark.parametrize(
    ("path", "able"),
    [
        ("/users", "eve"),
        ("/facilities", "eve"),
        ("/policy", "mia eve"),
        ("/deliveries", "eve"),
        ("/intake-gaps", "eve"),
        ("/audit", "ada eve"),
    ],
)
def test_pages_are_for_those_whose_work_it_is(browser_of: BrowserOf, path: str, able: str) -> None:
    for name in ("sam", "pat", "kim", "mia", "ada", "eve"):
        expected = 200 if name in able.split() else 403
        assert browser_of(name).get(path).status_code == expected
