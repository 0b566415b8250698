"""What findings are worth: for coders and managers, labelled, never for a physician."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from applications import app_over
from desks import ELSEWHERE, Hospital
from fastapi.testclient import TestClient
from page_text import SITE
from sqlalchemy import select

from cdi.domain.actor import StaffRole
from cdi.http import SESSION_COOKIE
from cdi.storage.tables import EventRow, MembershipRow, UserRow
from cdi.workflow.identity import open_session

WORTH = {
    "level": "MCC",
    "categories": ["226"],
    "rank": 0.8,
    "levels_by": "MS-DRG 43, FY 2026",
    "categories_by": "CMS-HCC V28, 2026",
    "codes": {"I50.23": "MCC", "I50.31": "MCC"},
}


def weigh(*_: object) -> Mapping[str, Any]:
    return WORTH


@pytest.fixture
def weighed(hospital: Hospital) -> Iterator[TestClient]:
    hospital.desk = replace(hospital.desk, weigh=weigh)
    app = app_over(hospital.desk)
    with TestClient(app, base_url=SITE, follow_redirects=False) as browser:
        yield browser


def log_in(browser: TestClient, hospital: Hospital, name: str) -> TestClient:
    with hospital.store.writing() as session:
        user = session.get_one(UserRow, hospital.users[name])
        token = open_session(hospital.desk, session, user, "test").token
    browser.cookies.set(SESSION_COOKIE, token, domain="desk.test")
    return browser


def test_a_manager_sees_levels_with_version_and_year(
    weighed: TestClient, hospital: Hospital
) -> None:
    hospital.ready()
    browser = log_in(weighed, hospital, "mia")
    text = browser.get("/figures/impact").text
    for words in ("heart failure", "MCC", "MS-DRG 43, FY 2026", "CMS-HCC V28, 2026"):
        assert words in text
    assert "/figures/impact" in browser.get("/figures").text


@pytest.mark.parametrize("name", ["sam", "pat", "kim", "ada", "eve"])
def test_nobody_else_sees_the_figures(weighed: TestClient, hospital: Hospital, name: str) -> None:
    assert log_in(weighed, hospital, name).get("/figures/impact").status_code == 403


def answer_queries(hospital: Hospital, name: str) -> None:
    """Make somebody a physician beside what they are, elsewhere."""
    with hospital.store.writing() as session:
        session.add(
            MembershipRow(
                user_id=hospital.users[name],
                facility_id=hospital.facilities[ELSEWHERE],
                role=StaffRole.PHYSICIAN,
            )
        )


def test_a_manager_who_answers_queries_does_not(weighed: TestClient, hospital: Hospital) -> None:
    answer_queries(hospital, "mia")
    browser = log_in(weighed, hospital, "mia")
    assert browser.get("/figures/impact").status_code == 403
    assert "/figures/impact" not in browser.get("/figures").text


def test_a_coder_sees_the_level_of_the_code_of_a_diagnosis(
    weighed: TestClient, hospital: Hospital
) -> None:
    (identifier,) = hospital.answered().made
    browser = log_in(weighed, hospital, "kim")
    path = f"/coding/{identifier}/impact"
    assert f'href="{path}"' in browser.get("/coding").text
    shown = browser.get(path).text
    for words in ("I50.31", "MCC", "226", "MS-DRG 43, FY 2026", "CMS-HCC V28, 2026"):
        assert words in shown
    assert "I50.23" not in shown, "it was not proposed"
    told = browser.get(f"/api/diagnoses/{identifier}/impact").json()
    assert told == {
        "codes": [{"code": "I50.31", "level": "MCC"}],
        "categories": ["226"],
        "levels_by": "MS-DRG 43, FY 2026",
        "categories_by": "CMS-HCC V28, 2026",
    }
    with hospital.store.reading() as session:
        looks = select(EventRow.actor_id).where(EventRow.verb == "impact.read")
        assert session.scalars(looks).all() == [hospital.users["kim"]] * 2


@pytest.mark.parametrize(
    ("name", "page", "api"),
    [("pat", 403, 403), ("sam", 403, 403), ("mia", 403, 200), ("zoe", 403, 404)],
)
def test_a_diagnosis_shows_its_worth_to_coders_here_and_over_the_api_to_managers(
    weighed: TestClient, hospital: Hospital, name: str, page: int, api: int
) -> None:
    (identifier,) = hospital.answered().made
    browser = log_in(weighed, hospital, name)
    assert browser.get(f"/coding/{identifier}/impact").status_code == page
    assert browser.get(f"/api/diagnoses/{identifier}/impact").status_code == api


def test_a_coder_who_answers_queries_anywhere_sees_none_of_it(
    weighed: TestClient, hospital: Hospital
) -> None:
    (identifier,) = hospital.answered().made
    answer_queries(hospital, "kim")
    browser = log_in(weighed, hospital, "kim")
    assert "impact" not in browser.get("/coding").text
    for path in (f"/coding/{identifier}/impact", f"/api/diagnoses/{identifier}/impact"):
        answer = browser.get(path)
        assert (answer.status_code, "MCC" in answer.text) == (403, False)


def test_what_was_found_before_it_was_switched_on_has_no_worth(
    hospital: Hospital,
) -> None:
    (identifier,) = hospital.answered().made
    app = app_over(replace(hospital.desk, weigh=weigh))
    with TestClient(app, base_url=SITE, follow_redirects=False) as made:
        browser = log_in(made, hospital, "kim")
        assert browser.get(f"/api/diagnoses/{identifier}/impact").status_code == 404


def test_switched_off_there_is_no_such_page(hospital: Hospital) -> None:
    (identifier,) = hospital.answered().made
    app = app_over(hospital.desk)
    with TestClient(app, base_url=SITE, follow_redirects=False) as made:
        browser = log_in(made, hospital, "mia")
        assert browser.get("/figures/impact").status_code == 404
        assert "/figures/impact" not in browser.get("/figures").text
        browser = log_in(made, hospital, "kim")
        assert "impact" not in browser.get("/coding").text
        for path in (f"/coding/{identifier}/impact", f"/api/diagnoses/{identifier}/impact"):
            assert browser.get(path).status_code == 404
