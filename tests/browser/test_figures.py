"""A manager reads the figures and follows a bar to its queries."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from desks import Hospital
from playwright.sync_api import Page, expect
from sights import Steps, assert_accessible, assert_no_sideways_scroll, watch

PageAs = Callable[..., Page]
PHONE = (320, 640)


def test_from_a_bar_to_its_queries_is_one_click(page_as: PageAs, hospital: Hospital) -> None:
    hospital.answered()
    page = page_as("mia")
    page.goto("/figures", wait_until="networkidle")
    assert 0 < watch(page).bytes < 120_000
    steps = Steps(page)
    steps.click(page.get_by_role("link", name="heart failure"))
    expect(page.get_by_role("heading", name="Condition: heart failure")).to_be_visible()
    expect(page.get_by_role("link", name="3 Jun 2026 09:00")).to_be_visible()
    assert steps.count == 1
    assert_accessible(page)
    steps.click(page.get_by_role("link", name="3 Jun 2026 09:00"))
    expect(page.get_by_role("heading", name="Every step")).to_be_visible()
    assert_accessible(page)


def test_the_figures_are_read_with_the_keyboard(page_as: PageAs, hospital: Hospital) -> None:
    hospital.answered()
    page = page_as("mia")
    page.goto("/figures")
    page.get_by_role("link", name="heart failure").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Condition: heart failure")).to_be_visible()


@pytest.mark.parametrize(
    ("size", "dark"), [((1440, 900), False), ((1440, 900), True), (PHONE, True)]
)
def test_the_figures_are_accessible_and_fit(
    page_as: PageAs,
    hospital: Hospital,
    size: tuple[int, int],
    dark: bool,
    shoot: Callable[..., Path],
) -> None:
    hospital.answered()
    page = page_as("mia", size, dark=dark)
    page.goto("/figures")
    page.locator("details").first.locator("summary").click()
    expect(page.get_by_role("cell", name="2026-06-03").first).to_be_visible()
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    shoot(page, f"figures-{size[0]}-{'dark' if dark else 'light'}", whole=True)


def test_printed_figures_have_no_buttons_and_keep_their_definitions(
    page_as: PageAs, hospital: Hospital, shoot: Callable[..., Path]
) -> None:
    hospital.answered()
    page = page_as("mia")
    page.goto("/figures")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    expect(page.get_by_text("ever asked about, of all encounters").first).to_be_visible()
    expect(page.get_by_text("As of 3 Jun 2026")).to_be_visible()
    shoot(page, "figures-print", whole=True)
