"""What findings are worth: for managers, labelled, off by default, never for a physician."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from desks import HERE, Hospital
from fastapi.testclient import TestClient
from page_text import SITE

from cdi.app import create_app
from cdi.domain.actor import StaffRole
from cdi.http import SESSION_COOKIE
from cdi.interop.mapping import load_intake
from cdi.storage.tables import MembershipRow, UserRow
from cdi.workflow.identity import open_session

WORTH = {
    "level": "MCC",
    "categories": ["226"],
    "rank": 0.8,
    "levels_by": "MS-DRG 43, FY 2026",
    "categories_by": "CMS-HCC V28, 2026",
    "codes": {"I50.23": "MCC"},
}


def weigh(*_: object) -> Mapping[str, Any]:
    return WORTH


@pytest.fixture
def weighed(hospital: Hospital) -> Iterator[TestClient]:
    hospital.desk = replace(hospital.desk, weigh=weigh)
    app = create_app(hospital.desk, load_intake(None))
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
def test_nobody_else_does(weighed: TestClient, hospital: Hospital, name: str) -> None:
    assert log_in(weighed, hospital, name).get("/figures/impact").status_code == 403


def test_a_manager_who_answers_queries_does_not(weighed: TestClient, hospital: Hospital) -> None:
    with hospital.store.writing() as session:
        session.add(
            MembershipRow(
                user_id=hospital.users["mia"],
                facility_id=hospital.facilities[HERE],
                role=StaffRole.PHYSICIAN,
            )
        )
    browser = log_in(weighed, hospital, "mia")
    assert browser.get("/figures/impact").status_code == 403
    assert "/figures/impact" not in browser.get("/figures").text


def test_switched_off_there_is_no_such_page(hospital: Hospital) -> None:
    app = create_app(hospital.desk, load_intake(None))
    with TestClient(app, base_url=SITE, follow_redirects=False) as made:
        browser = log_in(made, hospital, "mia")
        assert browser.get("/figures/impact").status_code == 404
        assert "/figures/impact" not in browser.get("/figures").text
