"""The manager's figures: counted, defined, and never a way into another facility."""

from __future__ import annotations

import csv
from collections.abc import Callable
from io import StringIO

import pytest
from desks import HERE, Hospital
from fastapi.testclient import TestClient

from cdi.domain.letter import OptionKind
from cdi.storage.pages import query_events
from cdi.storage.tables import EventRow, QueryRow

BrowserOf = Callable[[str], TestClient]


def test_the_figures_of_a_month_show_what_was_sent_and_answered(
    browser_of: BrowserOf, hospital: Hospital
) -> None:
    hospital.answered()
    text = browser_of("mia").get("/figures").text
    for words in (
        "Jun 2026",
        "1 of 1 encounters · 1 queries sent",
        "1 of 1 queries · 1 answered at all",
        "1 answers · 0 questions without one",
        "half within 1 h, nine in ten within 1 h",
        "Withdrawn queries and questions asked by word of mouth do not count.",
        "by=condition&amp;key=heart_failure",
        f"by=physician&amp;key={hospital.users['pat']}",
        "Dr. Pat Rivera",
    ):
        assert words in text


def test_a_diagnosis_ruled_out_is_no_agreement_and_no_refusal(
    browser_of: BrowserOf, hospital: Hospital
) -> None:
    hospital.answered(OptionKind.UNDETERMINED)
    text = browser_of("mia").get("/figures").text
    assert '<p class="value number">0 %</p>\n    <p class="soft fine">1 answers' in text


def test_a_month_without_queries_says_so(browser_of: BrowserOf) -> None:
    text = browser_of("mia").get("/figures?month=2025-01").text
    assert "No query was sent in Jan 2025." in text


@pytest.mark.parametrize("month", ["2026-13", "soon", "1066-10", "9999-12"])
def test_what_is_no_month_is_refused_by_its_name(browser_of: BrowserOf, month: str) -> None:
    answer = browser_of("mia").get("/figures", params={"month": month})
    assert answer.status_code == 422


def test_a_bar_leads_to_its_queries_and_looking_at_them_is_an_event(
    browser_of: BrowserOf, hospital: Hospital
) -> None:
    sent = hospital.sent()
    browser = browser_of("mia")
    path = "/figures/queries?by=condition&key=heart_failure&month=2026-06"
    text = browser.get(path).text
    assert f"/figures/queries/{sent.id}" in text
    assert "No such query" in browser.get(path.replace("heart_failure", "sepsis")).text
    assert "No such query" in browser.get(path.replace("2026-06", "2026-05")).text
    with hospital.store.reading() as session:
        seen = session.query(EventRow).filter_by(verb="query.list").all()
    assert [event.actor_id for event in seen] == [hospital.users["mia"]]


def test_a_query_is_shown_with_every_step(browser_of: BrowserOf, hospital: Hospital) -> None:
    answered = hospital.answered()
    text = browser_of("ada").get(f"/figures/queries/{answered.id}").text
    for words in ("query: draft", "query: send", "query: answer", "Dr. Pat Rivera"):
        assert words in text
    with hospital.store.reading() as session:
        assert query_events(session, answered.id)[-1].verb == "query.read"


def test_the_export_holds_the_same_numbers(browser_of: BrowserOf, hospital: Hospital) -> None:
    hospital.answered()
    with hospital.store.writing() as session:
        session.query(QueryRow).one().service = "=cmd"
    answer = browser_of("mia").get("/figures.csv?month=2026-06")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert f"figures-{HERE}-2026-06.csv" in answer.headers["content-disposition"]
    rows = list(csv.reader(StringIO(answer.text)))
    assert ["service", "'=cmd", "=cmd", "1", "1", "1", "1", "0.00"] in rows
    assert rows[-1] == ["2026-06-03", "1", "1"]


@pytest.mark.parametrize("path", ["/figures", "/figures.csv", "/figures/queries?by=service"])
@pytest.mark.parametrize("name", ["sam", "pat", "kim", "ada", "eve"])
def test_figures_are_for_managers(browser_of: BrowserOf, path: str, name: str) -> None:
    assert browser_of(name).get(path).status_code == 403
