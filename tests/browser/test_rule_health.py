"""A manager silences a noisy rule; a sample of letters is judged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from desks import Hospital
from playwright.sync_api import Page, expect
from sights import Steps, assert_accessible, assert_no_sideways_scroll

PageAs = Callable[..., Page]


def test_a_noisy_rule_is_muted_in_three_interactions(
    page_as: PageAs, hospital: Hospital, shoot: Callable[..., Path]
) -> None:
    hospital.ready()
    page = page_as("mia")
    page.goto("/rule-health")
    steps = Steps(page)
    steps.click(page.get_by_label("Mute heart failure"))
    page.get_by_label("Reason").fill("asked too often")
    steps.count += 1
    assert_accessible(page)
    steps.click(page.get_by_role("button", name="Mute at General"))
    expect(page.get_by_text("asked too often")).to_be_visible()
    assert steps.count == 3
    assert_accessible(page)
    shoot(page, "rule-health", whole=True)


def test_a_rule_is_muted_with_the_keyboard_on_a_narrow_screen(
    page_as: PageAs, hospital: Hospital
) -> None:
    hospital.ready()
    page = page_as("mia", (320, 640), dark=True)
    page.goto("/rule-health")
    page.get_by_label("Mute heart failure").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("asked too often")
    page.keyboard.press("Enter")
    expect(page.get_by_text("asked too often")).to_be_visible()
    assert_accessible(page)
    assert_no_sideways_scroll(page)


def test_a_letter_is_judged_line_by_line(page_as: PageAs, hospital: Hospital) -> None:
    hospital.sent()
    page = page_as("ada")
    page.goto("/letter-audits")
    assert_accessible(page)
    page.get_by_label("Letters sent in").fill("2026-06")
    page.get_by_role("button", name="Draw a sample").click()
    expect(page.get_by_role("heading", name="Letter 1 of 1")).to_be_visible()
    page.locator("select").first.select_option("met")
    page.get_by_role("button", name="Keep").first.click()
    expect(page.get_by_text("1 lines judged")).to_be_visible()
    assert_accessible(page)
