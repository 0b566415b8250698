"""The specialist's journeys, with the steps they may take at most."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from desks import Hospital
from playwright.sync_api import Page, Route, expect
from sights import Steps, assert_accessible, assert_no_sideways_scroll, watch
from stays import make_full_stay

PageAs = Callable[..., Page]
Shoot = Callable[..., Path]
DESK, PHONE = (1440, 900), (390, 844)


@pytest.fixture
def encounter(hospital: Hospital) -> str:
    """A stay with two open findings."""
    return hospital.ready(make_full_stay())[0]


def test_from_the_worklist_one_key_leads_to_the_evidence_of_the_top_finding(
    page_as: PageAs, encounter: str, shoot: Shoot
) -> None:
    page = page_as("sam")
    page.goto("/worklist")
    shoot(page, "worklist")
    steps = Steps(page)
    steps.press("Enter")
    expect(page.locator("mark.trigger.lit")).to_have_text("AKI")
    expect(page.locator("mark.trigger.lit")).to_be_in_viewport()
    assert steps.count == 1
    shoot(page, "chart")


def test_a_finding_that_is_noise_goes_with_two_keys_and_the_next_one_opens(
    page_as: PageAs, encounter: str
) -> None:
    page = page_as("sam")
    page.goto(f"/encounters/{encounter}", wait_until="networkidle")
    expect(page.locator(".finding-card.current .title")).to_have_text("Acute kidney injury")
    steps = Steps(page)
    steps.press("x")
    expect(page.locator(".finding-card.current details[open]")).to_be_visible()
    steps.press("3")
    expect(page.locator(".finding-card.current .title")).to_have_text("Heart failure")
    expect(page.locator("mark.trigger.lit")).to_have_text("CHF")
    assert steps.count == 2


def test_a_chart_seen_yesterday_opens_on_what_changed(
    page_as: PageAs, encounter: str, hospital: Hospital
) -> None:
    page_as("sam").goto(f"/encounters/{encounter}", wait_until="networkidle")
    hospital.clock.at += timedelta(days=1)
    hospital.ready(make_full_stay(1))
    page = page_as("sam")
    page.goto(f"/encounters/{encounter}")
    expect(page.get_by_label("Since you last looked")).to_contain_text("Nursing note")


def test_keys_step_through_evidence_across_notes_and_values(
    page_as: PageAs, hospital: Hospital
) -> None:
    encounter, _ = hospital.ready(make_full_stay(30))
    page = page_as("sam")
    page.goto(f"/encounters/{encounter}")
    page.keyboard.press("j")
    expect(page.locator(".finding-card.current .title")).to_have_text("Heart failure")
    seen = []
    for _ in range(page.locator(".finding-card.current [data-evidence]").count()):
        expect(page.locator("[data-evidence][aria-current]")).to_have_count(1)
        link = page.locator("[data-evidence][aria-current]")
        seen.append(link.inner_text())
        if link.get_attribute("data-note"):
            expect(page.locator("mark.lit")).to_be_in_viewport()
        else:
            expect(page.locator("#panel svg.trend")).to_be_visible()
        page.keyboard.press("]")
    assert len(set(seen)) == len(seen) > 4
    page.keyboard.press("[")
    expect(page.locator("[data-evidence][aria-current]")).to_have_text(seen[-1])


def test_the_record_is_searched_explained_and_drawn_without_leaving_the_chart(
    page_as: PageAs, encounter: str, shoot: Shoot
) -> None:
    page = page_as("sam")
    page.goto(f"/encounters/{encounter}")
    page.keyboard.press("t")
    expect(page.get_by_role("group", name="Timeline of this stay")).to_be_visible()
    shoot(page, "timeline")
    assert_accessible(page)
    page.keyboard.press("w")
    expect(page.get_by_role("heading", name="Why it fired")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("/")
    page.keyboard.type("LVEF")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="LVEF").first.click()
    expect(page.locator(".hit-word.lit")).to_have_text("LVEF")
    assert_accessible(page)


def test_rows_are_taken_selected_and_explained_with_keys(page_as: PageAs, encounter: str) -> None:
    page = page_as("sam")
    page.goto("/worklist")
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.get_by_role("button", name="give back")).to_be_visible()
    page.keyboard.press("x")
    expect(page.get_by_role("checkbox", name="Select Jordan Example")).to_be_checked()
    expect(page.get_by_text("Selected encounters")).to_be_visible()
    page.keyboard.press("w")
    expect(page.get_by_text("kinds of fact for it")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    assert_accessible(page)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [DESK, PHONE, (320, 640)])
def test_worklist_and_chart_are_accessible_and_fit(
    page_as: PageAs, encounter: str, size: tuple[int, int], dark: bool, shoot: Shoot
) -> None:
    page = page_as("sam", size, dark=dark)
    for name, path in (("worklist", "/worklist"), ("chart", f"/encounters/{encounter}")):
        page.goto(path, wait_until="networkidle")
        shoot(page, f"{name}-{size[0]}-{'dark' if dark else 'light'}")
        assert_accessible(page)
        assert_no_sideways_scroll(page)


def test_a_first_load_of_each_page_is_small(page_as: PageAs, hospital: Hospital) -> None:
    encounter, _ = hospital.ready(make_full_stay(100))
    for path in ("/worklist", f"/encounters/{encounter}"):
        page = page_as("sam")
        page.goto(path, wait_until="networkidle")
        assert 0 < watch(page).bytes < 120_000


def test_a_session_that_ends_in_the_chart_is_opened_in_place(
    page_as: PageAs, encounter: str, hospital: Hospital
) -> None:
    page = page_as("sam")
    watch(page).allow("401")
    page.goto(f"/encounters/{encounter}", wait_until="networkidle")
    hospital.clock.at += timedelta(minutes=30)
    page.keyboard.press("/")
    page.keyboard.type("LVEF")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="The session has ended")
    expect(dialog).to_be_visible()
    page.keyboard.type("sam")
    page.keyboard.press("Tab")
    page.keyboard.type("correct horse battery")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="1 place")).to_be_visible()


def test_a_finding_becomes_a_sent_letter_in_three_interactions(
    page_as: PageAs, encounter: str, hospital: Hospital, shoot: Shoot
) -> None:
    page = page_as("sam")
    page.goto(f"/encounters/{encounter}")
    steps = Steps(page)
    steps.press("d")
    expect(page.get_by_text("May be sent")).to_be_visible()
    shoot(page, "letter")
    steps.count += 1  # the recipient is read, with the reason, where the letter opens
    expect(page.get_by_text("wrote what raised the question").last).to_be_visible()
    steps.press("s")
    expect(page.get_by_text("Sent.")).to_be_visible()
    assert steps.count == 3
    expect(page.locator(".finding-card.asked")).to_have_count(1)


def test_a_violation_appears_while_typing_and_one_click_mends_it(
    page_as: PageAs, hospital: Hospital, shoot: Shoot
) -> None:
    draft = hospital.drafted(make_full_stay())
    page = page_as("sam")
    page.goto(f"/queries/{draft.id}/letter")
    page.wait_for_load_state()
    page.keyboard.press("e")
    page.keyboard.press("End")
    page.locator("#q0-stem").press("Control+End")
    page.keyboard.type(" This raises the reimbursement.")
    expect(page.locator("#m-q0-stem mark.block")).to_have_text("reimbursement")
    expect(page.get_by_role("button", name="Send")).to_be_disabled()
    shoot(page, "letter-violation")
    assert_accessible(page)
    steps = Steps(page)
    steps.click(page.get_by_role("button", name="Fix it").first)
    expect(page.get_by_text("May be sent")).to_be_visible()
    assert steps.count == 1
    assert "reimbursement" not in page.locator("#q0-stem").input_value()
    expect(page.get_by_text("not saved yet")).to_be_visible()
    page.keyboard.press("v")
    frame = page.frame_locator("iframe[name=preview]")
    expect(frame.get_by_role("heading", level=1)).to_contain_text("Clarification")


def test_words_typed_before_the_script_has_come_are_judged(
    page_as: PageAs, hospital: Hospital
) -> None:
    draft = hospital.drafted(make_full_stay())
    page = page_as("sam")
    held: list[Route] = []
    page.route(re.compile(r"/letter[^/]*\.js"), lambda route: held.append(route))
    page.goto(f"/queries/{draft.id}/letter", wait_until="commit")
    page.locator("#q0-stem").press("Control+End")
    page.keyboard.type(" This raises the reimbursement.")
    expect(page.get_by_text("May be sent")).to_be_visible()
    (script,) = held
    script.continue_()
    expect(page.locator("#m-q0-stem mark.block")).to_have_text("reimbursement")


def test_facts_are_chips_that_go_come_and_move(page_as: PageAs, hospital: Hospital) -> None:
    draft = hospital.drafted(make_full_stay())
    page = page_as("sam")
    page.goto(f"/queries/{draft.id}/letter")
    chips = page.locator("[data-facts]").first.locator("li")
    first, second = chips.nth(0).inner_text(), chips.nth(1).inner_text()
    page.get_by_role("button", name="Later").first.click()
    expect(chips.nth(0)).to_contain_text(second.split("\n")[0])
    expect(page.get_by_text("not saved yet")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert chips.nth(1).inner_text() == first


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [DESK, PHONE, (320, 640)])
def test_letter_and_board_are_accessible_and_fit(
    page_as: PageAs, hospital: Hospital, size: tuple[int, int], dark: bool, shoot: Shoot
) -> None:
    draft = hospital.drafted(make_full_stay())
    page = page_as("sam", size, dark=dark)
    for name, path in (("letter", f"/queries/{draft.id}/letter"), ("board", "/follow-up")):
        page.goto(path, wait_until="networkidle")
        shoot(page, f"{name}-{size[0]}-{'dark' if dark else 'light'}")
        assert_accessible(page)
        assert_no_sideways_scroll(page)


def test_a_letter_is_sent_from_the_worklist_with_the_keyboard_alone(
    page_as: PageAs, encounter: str
) -> None:
    page = page_as("sam")
    page.goto("/worklist")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    for key, sight in (
        ("j", 'tr.current [data-main]:text("Jordan Example")'),
        ("Enter", "mark.trigger.lit"),
        ("d", '.verdict.good:has-text("May be sent")'),
        ("s", '[data-toast]:has-text("Sent.")'),
    ):
        page.wait_for_load_state()
        page.keyboard.press(key)
        expect(page.locator(sight)).to_be_visible()


def test_a_chart_of_a_hundred_notes_answers_keys_while_its_notes_come_as_they_are_read(
    page_as: PageAs, hospital: Hospital
) -> None:
    encounter, _ = hospital.ready(make_full_stay(100))
    page = page_as("sam")
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url.rpartition("/notes/")[2]))
    response = page.goto(f"/encounters/{encounter}")
    assert response is not None
    first = response.text()
    texts, waiting = first.count('class="text"'), first.count('aria-busy="true"')
    assert 0 < texts <= 4, "of the first response only what holds the evidence is text"
    assert texts + waiting == page.locator("article.note").count() == 103

    page.keyboard.press("j")
    expect(page.locator(".finding-card.current .title")).to_have_text("Heart failure")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()

    middle, early = page.locator("#sn60"), page.locator("#sn5")
    expect(middle).not_to_have_attribute("data-loaded", "")
    middle.scroll_into_view_if_needed()
    expect(page.locator("#sn60[data-loaded] .text")).to_be_in_viewport()
    expect(early).not_to_have_attribute("data-loaded", "")
    page.locator(".note-list summary").click()
    page.locator('.note-list [data-note="5"]').click()
    expect(page.locator("#sn5[data-loaded] .text")).to_be_in_viewport()
    page.keyboard.press("/")
    expect(page.get_by_label("Search the notes")).to_be_focused()

    notes = [number for number in fetched if number.isdigit()]
    assert len(notes) == len(set(notes)), "each comes once"
    assert page.locator("article.note.later").count() > 50, "those that nobody came near wait"
