"""Logging in, as a person does it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sights import assert_accessible, assert_no_sideways_scroll, watch

PASSWORD = "correct horse battery"
PageAs = Callable[..., Page]


@pytest.mark.parametrize("size", [(1440, 900), (390, 844), (320, 640)])
@pytest.mark.parametrize("dark", [False, True])
def test_the_login_is_accessible_and_fits(
    page_as: PageAs, size: tuple[int, int], dark: bool, shoot: Callable[..., Path]
) -> None:
    page = page_as("", size, dark=dark)
    page.goto("/")
    expect(page.get_by_label("Login")).to_be_focused()
    shoot(page, f"login-{size[0]}-{'dark' if dark else 'light'}")
    assert_accessible(page)
    assert_no_sideways_scroll(page)


def test_somebody_logs_in_with_the_keyboard_alone_and_out_again(page_as: PageAs) -> None:
    page = page_as("")
    watch(page).allow("401")
    page.goto("/login")
    page.keyboard.type("ada")
    page.keyboard.press("Tab")
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Login or password is wrong.")
    page.keyboard.type("ada")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("banner").get_by_text("Dr. Ada Rivera")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_label("Password")).to_be_visible()


def test_a_first_load_is_small(page_as: PageAs) -> None:
    page = page_as("ada")
    page.goto("/", wait_until="networkidle")
    assert 0 < watch(page).bytes < 120_000
