"""The coder's pages without a browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from desks import Hospital
from fastapi.testclient import TestClient
from page_text import csrf_of, post
from sqlalchemy import select

from cdi.domain.query import CoderStatus
from cdi.storage.queries import find_diagnosis
from cdi.storage.tables import DiagnosisRow, EventRow

BrowserOf = Callable[[str], TestClient]


def diagnosis(hospital: Hospital, identifier: str) -> DiagnosisRow:
    with hospital.store.reading() as session:
        row = find_diagnosis(session, identifier)
        assert row is not None
        return row


def test_the_table_shows_question_answer_and_who(browser_of: BrowserOf, hospital: Hospital) -> None:
    hospital.answered()
    page = browser_of("kim").get("/coding").text
    for words in (
        "Jordan Example",
        "E-100",
        "Acute diastolic (HFpEF)",
        "I50.31",
        "the answer chosen",
        "Dr. Pat Rivera answered 3 Jun 2026 09:00",
        "bnp 1840 pg/mL",
        "Electronically signed by Dr. Pat Rivera",
    ):
        assert words in page, words


def test_a_chosen_code_is_accepted_and_a_typed_one_comes_first(
    browser_of: BrowserOf, hospital: Hospital
) -> None:
    (identifier,) = hospital.answered().made
    browser, path = browser_of("kim"), f"/coding/{identifier}/code"
    content = {"version": "1", "code": "I50.31", "poa": "Y"}
    assert "Coded <b>I50.31</b> · POA Y" in post(browser, "/coding", path, content).text
    version = str(diagnosis(hospital, identifier).version)
    content = {"version": version, "code": "I50.31", "typed_code": "i5033"}
    assert "Coded <b>I50.33</b>" in post(browser, "/coding", path, content).text


@pytest.mark.parametrize("code", ["", "heart", "I50.3.1"])
def test_what_is_no_code_is_told_in_the_line(
    browser_of: BrowserOf, hospital: Hospital, code: str
) -> None:
    (identifier,) = hospital.answered().made
    content = {"version": "1", "code": code}
    told = post(browser_of("kim"), "/coding", f"/coding/{identifier}/code", content)
    assert (told.status_code, "Choose a code, or type one such as" in told.text) == (422, True)
    assert diagnosis(hospital, identifier).status is CoderStatus.NEW


def test_a_line_that_is_returned_keeps_its_question(
    browser_of: BrowserOf, hospital: Hospital
) -> None:
    (identifier,) = hospital.answered().made
    content = {"version": "1", "remark": "Acute on admission?"}
    told = post(browser_of("kim"), "/coding", f"/coding/{identifier}/return", content)
    assert "Returned: Acute on admission?" in told.text
    assert diagnosis(hospital, identifier).remark == "Acute on admission?"


def test_an_old_version_is_a_conflict(browser_of: BrowserOf, hospital: Hospital) -> None:
    (identifier,) = hospital.answered().made
    content = {"version": "9", "code": "I50.31"}
    told = post(browser_of("kim"), "/coding", f"/coding/{identifier}/code", content)
    assert told.status_code == 409


def test_a_file_of_final_codes_is_taken_in_and_faults_are_named(
    browser_of: BrowserOf, hospital: Hospital
) -> None:
    hospital.answered()
    browser = browser_of("kim")
    token = csrf_of(browser.get("/reconciliation").text)
    table = b"encounter,code,poa\nE-100,I50.9,Y\nE-7,D62,maybe\n"
    told = browser.post(
        "/reconciliation", data={"csrf": token}, files={"file": ("final.csv", table, "text/csv")}
    ).text
    for words in ("1 codes of 1 stay", "row 3", "poa", "expected Y, N, U, W", "code differs"):
        assert words in told, words
    empty = browser.post("/reconciliation", data={"csrf": token})
    assert (empty.status_code, "Choose a file first." in empty.text) == (422, True)


def test_who_is_no_coder_sees_none_of_it(browser_of: BrowserOf, hospital: Hospital) -> None:
    hospital.answered()
    for name, status in (("pat", 403), ("sam", 403), ("mia", 200)):
        browser = browser_of(name)
        assert browser.get("/coding").status_code == 403
        assert browser.get("/reconciliation").status_code == status
    token = csrf_of(browser_of("mia").get("/reconciliation").text)
    assert browser_of("mia").post("/reconciliation", data={"csrf": token}).status_code == 403


def test_looking_and_coding_are_in_the_trail(browser_of: BrowserOf, hospital: Hospital) -> None:
    (identifier,) = hospital.answered().made
    browser = browser_of("kim")
    content = {"version": "1", "code": "I50.31"}
    post(browser, "/coding", f"/coding/{identifier}/code", content)
    with hospital.store.reading() as session:
        verbs = session.scalars(
            select(EventRow.verb).where(EventRow.actor_id == hospital.users["kim"])
        ).all()
    assert {"diagnosis.list", "diagnosis.accept", "diagnosis.code"} <= set(verbs)
