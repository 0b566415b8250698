"""The physician's journeys, with one thumb: how many taps, and nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from desks import CHF, Hospital, make_stay
from playwright.sync_api import Page, expect
from sights import Steps, assert_accessible, assert_no_sideways_scroll, watch

from cdi.domain.letter import OptionKind
from cdi.domain.reasons import EndReason
from cdi.storage.queries import find_response
from cdi.storage.tables import SessionRow
from cdi.workflow.drafting import draft_query
from cdi.workflow.lifecycle import withdraw_query
from cdi.workflow.sending import send_query

PASSWORD = "correct horse battery"
PHONE, SMALL = (390, 844), (320, 640)
PageAs = Callable[..., Page]
Shoot = Callable[..., Path]
THREE = (
    CHF
    + "\nAKI, creatinine 2.4 from 1.1 mg/dL."
    + "\nWound: sacral pressure ulcer, dressing changed daily."
)


def sent_one(hospital: Hospital) -> str:
    return hospital.sent().id


def sent_three(hospital: Hospital) -> list[str]:
    """Three letters, sent one by one, about the same patient."""
    stay, findings = hospital.ready(make_stay(THREE))
    desk, sam = hospital.desk, hospital.actor("sam")
    sent = []
    for finding in findings[:3]:
        draft = draft_query(desk, sam, stay, [finding])
        sent.append(send_query(desk, sam, draft.id, draft.version).id)
    assert len(sent) == 3
    return sent


def addendum_of(hospital: Hospital, query_id: str) -> str:
    with hospital.store.reading() as session:
        response = find_response(session, query_id)
        return response.addendum if response else ""


def sign(page: Page, steps: Steps | None = None) -> None:
    page.get_by_label("Password").fill(PASSWORD)
    button = page.get_by_role("button", name="Sign")
    if steps is not None:
        steps.click(button)
    else:
        button.click()


@pytest.mark.parametrize("scripts", [True, False])
def test_one_question_takes_one_tap_and_a_signature(
    page_as: PageAs, hospital: Hospital, scripts: bool, shoot: Shoot
) -> None:
    query = sent_one(hospital)
    page = page_as("pat", PHONE, scripts=scripts)
    page.goto(f"/questions/{query}")
    expect(page.get_by_text("Question 1 of 1")).to_be_visible()
    expect(page.locator("[checked], .chosen, [aria-pressed=true]")).to_have_count(0)
    if scripts:
        shoot(page, "physician-question-390", whole=True)
    steps = Steps(page)
    steps.click(page.locator("button.option").first)
    expect(page.get_by_role("heading", name="Read and sign")).to_be_visible()
    assert steps.count <= 2
    shown = page.locator(".addendum pre").inner_text().partition("\n\nElectronically")[0]
    if scripts:
        shoot(page, "physician-sign-390", whole=True)
    sign(page)
    expect(page.get_by_role("heading", name="Signed. Thank you.")).to_be_visible()
    assert addendum_of(hospital, query).startswith(f"{shown}\n\nElectronically signed by Dr. Pat")
    if scripts:
        shoot(page, "physician-signed-390", whole=True)


def test_three_questions_of_a_patient_take_three_taps_and_one_signature(
    page_as: PageAs, hospital: Hospital
) -> None:
    queries = sent_three(hospital)
    page = page_as("pat", PHONE)
    page.goto("/questions")
    page.get_by_role("link", name="Answer 3 questions about Jordan Example").click()
    steps = Steps(page)
    for number in (1, 2, 3):
        expect(page.get_by_text(f"Question {number} of 3")).to_be_visible()
        steps.click(page.locator("button.option").first)
    expect(page.locator(".addendum")).to_have_count(3)
    sign(page, steps)
    expect(page.get_by_role("heading", name="Signed. Thank you.")).to_be_visible()
    assert steps.count == 4
    assert all(addendum_of(hospital, query) for query in queries)


def test_a_question_is_answered_with_the_keyboard_alone(
    page_as: PageAs, hospital: Hospital
) -> None:
    query = sent_one(hospital)
    page = page_as("pat")
    page.goto(f"/questions/{query}")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('button.option')"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Read and sign")).to_be_visible()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name === 'password'"):
            break
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Signed. Thank you.")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_words_of_ones_own_and_a_comment_are_kept(
    page_as: PageAs, hospital: Hospital, scripts: bool
) -> None:
    query = sent_one(hospital)
    page = page_as("pat", PHONE, scripts=scripts)
    watch(page).allow("422")
    page.goto(f"/questions/{query}")
    other = page.locator("details.option", has_text="Other")
    other.locator("summary").click()
    other.get_by_role("button").click()
    expect(page.get_by_role("alert")).to_have_text("This option asks for words.")
    page.get_by_label("Your words").fill("High-output failure")
    page.get_by_role("button", name="Answer with these words").click()
    expect(page.locator(".addendum pre")).to_contain_text("Answer: High-output failure")
    page.get_by_role("link", name="Change").click()
    expect(page.get_by_label("Your words")).to_have_value("High-output failure")
    page.get_by_text("Add a comment").click()
    page.get_by_label("Comment").fill("since the admission")
    page.get_by_role("button", name="Unable to determine").click()
    expect(page.locator(".addendum pre")).to_contain_text(
        "Answer: Unable to determine: since the admission"
    )


@pytest.mark.parametrize("scripts", [True, False])
def test_a_fact_opens_at_its_place_in_the_note(
    page_as: PageAs, hospital: Hospital, scripts: bool, shoot: Shoot
) -> None:
    query = hospital.sent(make_stay("SUBJECTIVE: well.\n" * 60 + CHF)).id
    page = page_as("pat", PHONE, scripts=scripts)
    page.goto(f"/questions/{query}")
    page.get_by_role("link", name="Open in the record").first.click()
    mark = page.locator(".note mark")
    expect(mark).to_contain_text("CHF")
    if scripts:
        expect(mark).to_be_in_viewport()
        shoot(page, "physician-source-390")
        assert_accessible(page)
        page.keyboard.press("Escape")
        expect(page.locator("#source")).to_be_hidden()
    else:
        page.get_by_role("link", name="Back to the question").click()
        expect(page.get_by_text("Question 1 of 1")).to_be_visible()


def test_a_wrong_password_signs_nothing_and_loses_nothing(
    page_as: PageAs, hospital: Hospital
) -> None:
    query = sent_one(hospital)
    page = page_as("pat", PHONE)
    watch(page).allow("422")
    page.goto(f"/questions/{query}")
    page.locator("button.option").first.click()
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign").click()
    expect(page.get_by_role("alert")).to_have_text("The password is wrong.")
    assert addendum_of(hospital, query) == ""
    sign(page)
    expect(page.get_by_role("heading", name="Signed. Thank you.")).to_be_visible()


def end_sessions(hospital: Hospital) -> None:
    with hospital.store.writing() as session:
        for row in session.query(SessionRow):
            row.ends_at = hospital.clock() - timedelta(minutes=1)


def test_words_typed_before_the_session_ended_are_kept_by_the_login(
    page_as: PageAs, hospital: Hospital
) -> None:
    query = sent_one(hospital)
    page = page_as("pat", PHONE)
    watch(page).allow("401")
    page.goto(f"/questions/{query}")
    page.locator("details.option summary", has_text="Other").click()
    page.get_by_label("Your words").fill("High-output failure")
    end_sessions(hospital)
    page.get_by_role("button", name="Answer with these words").click()
    expect(page.get_by_role("heading", name="The session has ended")).to_be_visible()
    page.get_by_label("Login").fill("pat")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in and go on").click()
    expect(page.locator(".addendum pre")).to_contain_text("Answer: High-output failure")


def test_a_question_withdrawn_while_it_is_answered_tells_so_and_keeps_the_words(
    page_as: PageAs, hospital: Hospital, shoot: Shoot
) -> None:
    query = sent_one(hospital)
    page = page_as("pat", PHONE)
    watch(page).allow("409")
    page.goto(f"/questions/{query}")
    page.locator("details.option summary", has_text="Other").click()
    page.get_by_label("Your words").fill("High-output failure")
    version = hospital.query(query).version
    withdraw_query(hospital.desk, hospital.actor("sam"), query, version, EndReason.ASKED_IN_ERROR)
    page.get_by_role("button", name="Answer with these words").click()
    expect(page.get_by_text("It was withdrawn")).to_be_visible()
    expect(page.get_by_text("Dr. Sam Rivera")).to_be_visible()
    expect(page.locator(".typed")).to_have_text("Other (please specify): High-output failure")
    shoot(page, "physician-withdrawn-390", whole=True)
    assert_accessible(page)


def test_a_question_withdrawn_before_the_signature_leaves_the_others_signed(
    page_as: PageAs, hospital: Hospital
) -> None:
    queries = sent_three(hospital)
    page = page_as("pat", PHONE)
    page.goto(f"/questions/{queries[0]}")
    for _ in range(3):
        page.locator("button.option").first.click()
    expect(page.locator(".addendum")).to_have_count(3)
    version = hospital.query(queries[1]).version
    withdraw_query(
        hospital.desk, hospital.actor("sam"), queries[1], version, EndReason.ASKED_IN_ERROR
    )
    sign(page)
    expect(page.get_by_role("heading", name="Signed. Thank you.")).to_be_visible()
    expect(page.locator(".stranded .typed")).to_have_count(1)
    assert [bool(addendum_of(hospital, query)) for query in queries] == [True, False, True]
    page.get_by_role("button", name="Put away").click()
    expect(page.get_by_text("No questions wait for you")).to_be_visible()


def test_a_question_that_is_not_mine_is_handed_over_with_the_reason(
    page_as: PageAs, hospital: Hospital, shoot: Shoot
) -> None:
    query = sent_one(hospital)
    page = page_as("pat", PHONE)
    page.goto(f"/questions/{query}")
    page.get_by_role("link", name="Not my patient").click()
    shoot(page, "physician-pass-on-390", whole=True)
    assert_accessible(page)
    page.get_by_label("Dr. Pia Rivera").check()
    page.get_by_label("I do not care for this patient").check()
    page.get_by_label("Remark").fill("Off service since Monday")
    page.get_by_role("button", name="Hand over").click()
    expect(page.get_by_text("No questions wait for you")).to_be_visible()
    assert hospital.query(query).recipient_id == hospital.users["pia"]
    asked = page_as("pia", PHONE)
    asked.goto(f"/questions/{query}")
    expect(asked.get_by_text("Passed on by Dr. Pat Rivera")).to_contain_text(
        "Off service since Monday"
    )
    board = page_as("sam")
    board.goto("/follow-up")
    expect(board.locator(".handed")).to_contain_text("not my patient. Off service since Monday")
    board.locator("summary", has_text="Send on").click()
    offered = board.get_by_label("To").locator("option").all_inner_texts()
    assert ("Dr. Pat Rivera" in offered, "Dr. Pia Rivera" in offered) == (True, False)


@pytest.mark.parametrize(("size", "dark"), [(PHONE, False), (SMALL, True), ((1440, 900), True)])
def test_every_page_is_accessible_and_fits(
    page_as: PageAs, hospital: Hospital, size: tuple[int, int], dark: bool, shoot: Shoot
) -> None:
    hospital.answered()
    queries = [hospital.sent(replace(make_stay(THREE), id="E-200")).id]
    page = page_as("pat", size, dark=dark)
    name = f"{size[0]}-{'dark' if dark else 'light'}"
    for path, label in (
        ("/questions", "inbox"),
        (f"/questions/{queries[0]}", "question"),
        (f"/questions/{queries[0]}/pass-on", "pass-on"),
        ("/answers", "answers"),
    ):
        page.goto(path)
        shoot(page, f"physician-{label}-{name}", whole=True)
        assert_accessible(page)
        assert_no_sideways_scroll(page)
    page.goto(f"/questions/{queries[0]}")
    while page.locator(".answers").count():
        page.locator("button.option").first.click()
        page.wait_for_load_state()
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    sign(page)
    expect(page.get_by_role("heading", name="Signed. Thank you.")).to_be_visible()
    assert_accessible(page)
    assert_no_sideways_scroll(page)


def test_a_first_load_is_small(page_as: PageAs, hospital: Hospital) -> None:
    query = sent_one(hospital)
    page = page_as("pat", PHONE)
    page.goto(f"/questions/{query}", wait_until="networkidle")
    assert 0 < watch(page).bytes < 120_000


def test_options_stand_in_the_order_of_the_letter_with_none_set_apart(
    page_as: PageAs, hospital: Hospital
) -> None:
    query = sent_one(hospital)
    page = page_as("pat", PHONE)
    page.goto(f"/questions/{query}")
    kinds = [OptionKind.OTHER, OptionKind.UNDETERMINED]
    texts = page.locator("button.option > span, details.option > summary").all_inner_texts()
    assert len(texts) > len(kinds)
    assert texts[-2:] == ["Other (please specify)", "Unable to determine"]
    looks = page.locator("button.option, details.option > summary").evaluate_all(
        "all => all.map(one => { const s = getComputedStyle(one);"
        " return [s.fontWeight, s.fontSize, s.color, s.backgroundColor].join(); })"
    )
    assert len(looks) == len(texts)
    assert len(set(looks)) == 1
