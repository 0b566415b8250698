"""One question on its whole way: found, edited, sent, answered, coded, counted, proved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from desks import Hospital, make_stay
from playwright.sync_api import Page, expect
from sights import watch

from cdi.storage.audit import verify
from cdi.storage.pages import query_events
from cdi.workflow.opening import open_codes
from cdi.workflow.scan import Scanner

PASSWORD = "correct horse battery"
PHONE = (390, 844)
PageAs = Callable[..., Page]
Shoot = Callable[..., Path]
STEPS = [
    "query.draft",
    "query.edit",
    "query.send",
    "query.view",
    "query.keep_answer",
    "query.answer",
]


def specialist_asks(page: Page, encounter: str) -> str:
    """Find, edit into a violation, mend it, send; return the id of the query."""
    page.goto("/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("mark.trigger.lit")).to_have_text("CHF")
    page.keyboard.press("d")
    expect(page.get_by_text("May be sent")).to_be_visible()
    query = page.url.split("/queries/")[1].split("/")[0]
    page.wait_for_load_state()
    page.keyboard.press("e")
    page.locator("#q0-stem").press("Control+End")
    page.keyboard.type(" This raises the reimbursement.")
    expect(page.locator("#m-q0-stem mark.block")).to_have_text("reimbursement")
    expect(page.get_by_role("button", name="Send")).to_be_disabled()
    page.get_by_role("button", name="Fix it").first.click()
    expect(page.get_by_text("May be sent")).to_be_visible()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Sent.")).to_be_visible()
    return query


def physician_answers(page: Page, query: str) -> None:
    """Follow the link of a notice without a session, log in, tap, sign."""
    page.goto(f"/questions/{query}")
    page.get_by_label("Login").fill("pat")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("Question 1 of 1")).to_be_visible()
    assert "reimbursement" not in page.content()
    page.get_by_role("button", name="Acute diastolic (HFpEF)", exact=True).click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign").click()
    expect(page.get_by_role("heading", name="Signed. Thank you.")).to_be_visible()


def coder_accepts(page: Page) -> None:
    page.goto("/")
    line = page.get_by_role("article", name="Acute diastolic (HFpEF)")
    expect(line).to_contain_text("Dr. Pat Rivera answered")
    line.get_by_role("button", name="Accept code").click()
    expect(line.get_by_role("status")).to_have_text("Coded I50.31")


def manager_sees(page: Page) -> None:
    page.goto("/figures")
    page.get_by_role("link", name="heart failure").click()
    expect(page.get_by_role("heading", name="Condition: heart failure")).to_be_visible()
    expect(page.get_by_role("link", name="3 Jun 2026 09:00")).to_have_count(1)


@pytest.fixture
def desk_with_codes(hospital: Hospital, scanner: Scanner) -> Hospital:
    """The hospital with the real index of codes."""
    hospital.desk = replace(hospital.desk, codes=open_codes(scanner.catalogue))
    return hospital


def test_a_question_goes_its_whole_way_and_every_step_is_proved(
    desk_with_codes: Hospital, page_as: PageAs, shoot: Shoot
) -> None:
    hospital = desk_with_codes
    encounter, _ = hospital.ready(make_stay())
    query = specialist_asks(page_as("sam"), encounter)
    phone = page_as("", PHONE)
    watch(phone).allow("401")
    physician_answers(phone, query)
    coder_accepts(page_as("kim"))
    manager_sees(page_as("mia"))
    auditor = page_as("ada")
    auditor.goto(f"/figures/queries/{query}")
    expect(auditor.get_by_role("heading", name="Every step")).to_be_visible()
    shown = auditor.locator("main").inner_text()
    for name in ("Dr. Sam Rivera", "Dr. Pat Rivera"):
        assert name in shown
    shoot(auditor, "auditor-every-step", whole=True)
    with hospital.store.reading() as session:
        done = [event.verb for event in query_events(session, query)]
    assert [verb for verb in dict.fromkeys(done) if verb in STEPS] == STEPS
    assert verify(hospital.store).faults == ()
