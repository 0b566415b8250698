"""The physician's pages without a browser: what is refused, what is kept, what is never said."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape

import pytest
from desks import CHF, Hospital, make_stay
from fastapi.testclient import TestClient
from page_text import post
from sqlalchemy import select

from cdi import resources
from cdi.compliance.phrases import PhraseCheck, load_phrase_rules
from cdi.domain.letter import OptionKind
from cdi.domain.query import QueryState
from cdi.domain.reasons import EndReason
from cdi.storage.tables import EventRow
from cdi.workflow.addendum import AnswerGiven
from cdi.workflow.kept_answers import keep_answer
from cdi.workflow.lifecycle import withdraw_query

BrowserOf = Callable[[str], TestClient]
FIREWALL = [
    rule
    for rule in load_phrase_rules(resources.models() / "compliance")
    if rule.rule.id in {"payment_words", "quality_words", "icd_codes"}
]
_LINK = re.compile(r'(?:href|hx-get|action)="(/[^"#]*)"')
_TAG = re.compile(r"<[^>]*>")
_SAID = re.compile(r'(?:aria-label|title|alt|placeholder|value|content)="([^"]*)"')
# Neither is a page: what leads out of the session, what leads elsewhere.
_NOT_CRAWLED = ("/static/", "/logout", "/login", "/facility")


def what_is_said(text: str) -> str:
    """Return the words of a page, those of its attributes too."""
    return unescape(" ".join([*_SAID.findall(text), _TAG.sub(" ", text)]))


def offences(text: str, rules: list[PhraseCheck]) -> list[str]:
    return [words for rule in rules for words in rule.offences(what_is_said(text))]


def crawl(browser: TestClient) -> dict[str, str]:
    """Return every page that can be reached by links, as pages and as parts of pages."""
    seen: dict[str, str] = {}
    waiting = ["/"]
    while waiting:
        path = waiting.pop()
        if path in seen or path.startswith(_NOT_CRAWLED):
            continue
        answer = browser.get(path, follow_redirects=True)
        part = browser.get(path, headers={"HX-Request": "true"}, follow_redirects=True)
        seen[path] = answer.text + part.text
        waiting += _LINK.findall(answer.text)
    return seen


def a_full_day(hospital: Hospital) -> None:
    """Questions open, answered, withdrawn with words kept; coded, too."""
    hospital.answered()
    text = CHF + "\nWound: sacral pressure ulcer, dressing changed daily."
    begun = hospital.sent(replace(make_stay(text), id="E-200"))
    withdrawn = hospital.sent(replace(make_stay(), id="E-300"))
    complete = hospital.sent(replace(make_stay(), id="E-400"))
    pat = hospital.actor("pat")
    for query in (begun, complete):
        keep_answer(hospital.desk, pat, query.id, 1, 0, AnswerGiven(0, "words"))
    keep_answer(hospital.desk, pat, withdrawn.id, 1, 0, AnswerGiven(0, "words"))
    seen = hospital.query(withdrawn.id).version
    withdraw_query(
        hospital.desk, hospital.actor("sam"), withdrawn.id, seen, EndReason.ASKED_IN_ERROR
    )


def test_no_page_of_a_physician_says_a_word_of_the_financial_firewall(
    browser_of: BrowserOf, hospital: Hospital
) -> None:
    a_full_day(hospital)
    pages = crawl(browser_of("pat"))
    kinds = {re.sub(r"[0-9a-f]{32}", "ID", path) for path in pages}
    assert {
        "/questions",
        "/answers",
        "/questions/ID",
        "/questions/ID/1",
        "/questions/ID/2",
        "/questions/ID/pass-on",
        "/questions/ID/facts/i1",
        "/questions/ID/forget",
        "/questions/ID/sign",
    } <= kinds
    assert {path: said for path, text in pages.items() if (said := offences(text, FIREWALL))} == {}


def test_the_crawl_would_notice_such_a_word() -> None:
    assert len(FIREWALL) == 3
    for words in ("a higher DRG", "your scorecard", "I50.31"):
        assert offences(f"<p>{words}</p>", FIREWALL)
        assert offences(f'<a href="/" aria-label="{words}">x</a>', FIREWALL)


def test_a_link_leads_to_the_login_and_then_to_the_question(
    browser: TestClient, hospital: Hospital
) -> None:
    sent = hospital.sent()
    path = f"/questions/{sent.id}"
    away = browser.get(path)
    assert (away.status_code, away.headers["location"]) == (303, f"/login?next={path}")
    form = {"login": "pat", "password": "correct horse battery", "next": path}
    assert browser.post("/login", data=form).headers["location"] == path
    first = browser.get(path)
    assert (first.status_code, first.headers["location"]) == (303, f"{path}/1")
    assert hospital.query(sent.id).state is QueryState.VIEWED


def test_others_and_physicians_who_are_not_asked_see_nothing(
    browser_of: BrowserOf, hospital: Hospital
) -> None:
    path = f"/questions/{hospital.sent().id}"
    assert browser_of("pia").get(path).status_code == 404
    for name in ("sam", "kim", "mia", "eve"):
        assert browser_of(name).get(path).status_code == 403


def test_an_answer_is_kept_and_leads_to_the_signature(
    browser_of: BrowserOf, hospital: Hospital
) -> None:
    sent = hospital.sent()
    browser, path = browser_of("pat"), f"/questions/{sent.id}/1"
    told = post(browser, path, path, {"revision": "1", "option": "0"})
    assert (told.status_code, told.headers["location"]) == (303, f"/questions/{sent.id}/sign")
    page = browser.get(told.headers["location"]).text
    assert "Answer: Acute diastolic (HFpEF)" in page


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"revision": "1"}, "An option must be chosen."),
        ({"revision": "1", "option": "99"}, "There is no such option."),
        ({"revision": "x", "option": "0"}, "A whole number is expected."),
        ({"revision": "1", "option": "0", "comment": "x" * 2001}, "At most 2,000 characters."),
    ],
)
def test_an_answer_that_does_not_fit_comes_back_with_what_was_typed(
    browser_of: BrowserOf, hospital: Hospital, content: dict[str, str], said: str
) -> None:
    path = f"/questions/{hospital.sent().id}/1"
    told = post(browser_of("pat"), path, path, content)
    assert (told.status_code, said in told.text) == (422, True)
    assert content.get("comment", "") in told.text


def test_a_signature_needs_the_password_each_time(
    browser_of: BrowserOf, hospital: Hospital
) -> None:
    sent = hospital.sent()
    browser, path = browser_of("pat"), f"/questions/{sent.id}"
    post(browser, f"{path}/1", f"{path}/1", {"revision": "1", "option": "0"})
    stamp = re.search(r'name="stamp" value="([^"]+)"', browser.get(f"{path}/sign").text)
    assert stamp is not None
    without = post(browser, f"{path}/sign", f"{path}/sign", {"stamp": stamp[1]})
    assert (without.status_code, "Type your password to sign." in without.text) == (422, True)
    assert hospital.query(sent.id).state is QueryState.VIEWED
    content = {"stamp": stamp[1], "password": "correct horse battery"}
    signed = post(browser, f"{path}/sign", f"{path}/sign", content)
    assert signed.headers["location"] == f"{path}/signed"
    assert hospital.query(sent.id).state is QueryState.ANSWERED
    assert "signed by Dr. Pat Rivera" in browser.get(f"{path}/signed").text


def test_after_the_signature_the_query_due_first_is_next(
    browser_of: BrowserOf, hospital: Hospital
) -> None:
    sent = hospital.sent()
    others = [hospital.sent(replace(make_stay(), id=number)) for number in ("E-200", "E-300")]
    browser, path = browser_of("pat"), f"/questions/{sent.id}"
    post(browser, f"{path}/1", f"{path}/1", {"revision": "1", "option": "0"})
    stamp = re.search(r'name="stamp" value="([^"]+)"', browser.get(f"{path}/sign").text)
    assert stamp is not None
    content = {"stamp": stamp[1], "password": "correct horse battery"}
    post(browser, f"{path}/sign", f"{path}/sign", content)
    page = browser.get(f"{path}/signed").text
    assert page.count("Next: Jordan Example, 1 question</a>") == 1
    assert f'href="/questions/{others[0].id}"' in page


def test_a_stamp_of_other_words_signs_nothing(browser_of: BrowserOf, hospital: Hospital) -> None:
    sent = hospital.sent()
    browser, path = browser_of("pat"), f"/questions/{sent.id}"
    post(browser, f"{path}/1", f"{path}/1", {"revision": "1", "option": "0"})
    for stamp, status in ((f"{sent.id}.1.{'0' * 64}", 303), ("nonsense", 404)):
        content = {"stamp": stamp, "password": "correct horse battery"}
        assert post(browser, f"{path}/sign", f"{path}/sign", content).status_code == status
    assert hospital.query(sent.id).state is QueryState.VIEWED
    assert "Nothing was signed" in browser.get(f"{path}/signed").text


def test_what_was_answered_already_shows_the_addendum(
    browser_of: BrowserOf, hospital: Hospital
) -> None:
    answered = hospital.answered(OptionKind.OTHER, "High-output failure")
    page = browser_of("pat").get(f"/questions/{answered.id}")
    assert page.status_code == 200
    assert "Answered by Dr. Pat Rivera" in page.text
    assert "Answer: High-output failure" in page.text


def test_giving_back_asks_to_whom_and_why_and_keeps_the_remark(
    browser_of: BrowserOf, hospital: Hospital
) -> None:
    sent = hospital.sent()
    browser, path = browser_of("pat"), f"/questions/{sent.id}/pass-on"
    content = {"version": str(hospital.query(sent.id).version), "remark": "off since Monday"}
    told = post(browser, path, path, content)
    assert (told.status_code, "off since Monday" in told.text) == (422, True)
    version = str(hospital.query(sent.id).version)
    content = {**content, "version": version, "to": "specialist", "reason": "not_my_patient"}
    assert post(browser, path, path, content).headers["location"] == "/questions"
    assert hospital.query(sent.id).state is QueryState.DECLINED


def test_each_look_and_step_is_in_the_trail(browser_of: BrowserOf, hospital: Hospital) -> None:
    sent = hospital.sent()
    browser, path = browser_of("pat"), f"/questions/{sent.id}"
    browser.get("/questions")
    browser.get(f"{path}/facts/i1")
    post(browser, f"{path}/1", f"{path}/1", {"revision": "1", "option": "0"})
    with hospital.store.reading() as session:
        verbs = session.scalars(
            select(EventRow.verb).where(EventRow.actor_id == hospital.users["pat"])
        ).all()
    assert {"query.list", "query.view", "query.read_source", "query.keep_answer"} <= set(verbs)
