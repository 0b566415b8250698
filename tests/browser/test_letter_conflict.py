"""Two specialists at one letter, in a browser: the second one loses nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from desks import Hospital
from playwright.sync_api import Page, expect
from sights import Steps, assert_accessible, assert_no_sideways_scroll, watch
from stays import make_full_stay

from cdi.workflow.charts import open_query
from cdi.workflow.drafting import edit_letter
from cdi.workflow.letters import edit_of
from cdi.workflow.sending import send_query

PageAs = Callable[..., Page]
TYPED = " Thank you for your time."


def _type(page: Page, query: str) -> None:
    page.goto(f"/queries/{query}/letter")
    page.wait_for_load_state()
    page.keyboard.press("e")
    page.locator("#q0-stem").press("Control+End")
    page.keyboard.type(TYPED)
    expect(page.get_by_text("not saved yet")).to_be_visible()


@pytest.mark.parametrize(("size", "dark"), [((1440, 900), False), ((320, 640), True)])
def test_the_difference_is_seen_and_what_was_typed_is_kept_in_one_step(
    page_as: PageAs,
    hospital: Hospital,
    size: tuple[int, int],
    dark: bool,
    shoot: Callable[..., Path],
) -> None:
    draft = hospital.drafted(make_full_stay())
    page = page_as("sam", size, dark=dark)
    watch(page).allow("409")
    _type(page, draft.id)
    letter = open_query(hospital.desk, hospital.actor("mia"), draft.id).letter
    hers = replace(edit_of(letter), subject="Clarification: heart and kidney")
    edit_letter(hospital.desk, hospital.actor("mia"), draft.id, draft.version, hers)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Changed by Dr. Mia Rivera at 3 Jun 2026")
    expect(page.locator(".difference ins")).to_contain_text(["yours: ", "yours: "])
    expect(page.locator(".difference ins").last).to_contain_text(TYPED.strip())
    expect(page.locator(".difference del").first).to_contain_text("heart and kidney")
    assert page.locator("#q0-stem").input_value().endswith(TYPED)
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    shoot(page, f"letter-conflict-{size[0]}", whole=True)
    steps = Steps(page)
    steps.click(page.get_by_role("button", name="Save"))
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert steps.count == 1
    kept = open_query(hospital.desk, hospital.actor("mia"), draft.id).letter
    assert kept.questions[0].stem.endswith(TYPED)
    assert kept.subject == letter.subject


def test_a_letter_sent_meanwhile_gives_back_what_was_typed(
    page_as: PageAs, hospital: Hospital
) -> None:
    draft = hospital.drafted(make_full_stay())
    page = page_as("sam")
    watch(page).allow("409")
    _type(page, draft.id)
    send_query(hospital.desk, hospital.actor("mia"), draft.id, draft.version)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("Sent by Dr. Mia Rivera")
    expect(page.locator(".typed").nth(1)).to_contain_text(TYPED.strip())
    assert_accessible(page)
    page.get_by_role("link", name="See the letter that was sent").click()
    expect(page.get_by_role("heading", name="Letter version 1")).to_be_visible()
