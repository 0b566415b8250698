"""The administrator's and the auditor's pages in a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from desks import Hospital
from playwright.sync_api import Page, expect
from sights import assert_accessible, assert_no_sideways_scroll

PageAs = Callable[..., Page]


@pytest.mark.parametrize(("size", "dark"), [((1440, 900), False), ((320, 640), True)])
def test_the_pages_are_accessible_and_fit(
    page_as: PageAs,
    hospital: Hospital,
    size: tuple[int, int],
    dark: bool,
    shoot: Callable[..., Path],
) -> None:
    hospital.sent()
    page = page_as("eve", size, dark=dark)
    for path in ("/users", "/policy", "/deliveries", "/intake-gaps", "/audit"):
        page.goto(path)
        assert_accessible(page)
        assert_no_sideways_scroll(page)
        shoot(page, f"{path.strip('/')}-{size[0]}", whole=True)


def test_an_auditor_finds_every_step_of_a_query(page_as: PageAs, hospital: Hospital) -> None:
    hospital.answered()
    page = page_as("ada")
    page.goto("/audit")
    page.get_by_label("Did what").fill("query.answer")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="this query").click()
    expect(page.get_by_role("cell", name="query: send")).to_be_visible()
    expect(page.get_by_role("cell", name="query: answer")).to_be_visible()
    page.goto("/audit")
    page.get_by_role("button", name="Prove the chain").click()
    expect(page.get_by_role("heading", name="The chain is whole")).to_be_visible()
    assert_accessible(page)
