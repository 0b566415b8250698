"""Every page of every role: axe in light and dark, three widths, no sideways scroll, no violation.

Pages are found by asking the application for its routes: one that nobody here visits fails.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from busy_hospital import Busy, make_busy
from desks import Hospital
from playwright.sync_api import Page, expect
from sights import assert_accessible, assert_no_sideways_scroll, watch

from cdi.web.site import create_pages

PageAs = Callable[..., Page]
WIDTHS = (1440, 390, 320)
ROLES = ("sam", "mia", "pat", "kim", "ada", "eve")
# Tables of numbers may be wider than a phone, in a region of their own; these people's may not.
SMALL_SCREENS = ("sam", "pat", "kim")
# Who sees what; a route that is missing here, or seen by others, fails.
PAGES = {
    "/": ROLES,
    "/login": ("",),
    "/login/done": ROLES,
    "/worklist": ("sam", "mia"),
    "/encounters/{encounter_id}": ("sam", "mia"),
    "/queries/{query_id}/letter": ("sam", "mia"),
    "/queries/{query_id}/file": ("sam", "mia"),
    "/follow-up": ("sam", "mia"),
    "/charts/{encounter_id}": ("sam", "mia", "pat", "kim"),
    "/emergency": ("pat",),
    "/stays": ("sam", "mia", "pat", "kim"),
    "/questions": ("pat",),
    "/answers": ("pat",),
    "/questions/{query_id}": ("pat",),
    "/questions/{query_id}/{number}": ("pat",),
    "/questions/{query_id}/sign": ("pat",),
    "/questions/{query_id}/signed": ("pat",),
    "/questions/{query_id}/pass-on": ("pat",),
    "/questions/{query_id}/facts/{fact_id}": ("pat",),
    "/coding": ("kim",),
    "/coding/{diagnosis_id}": ("kim",),
    "/coding/{diagnosis_id}/onset": ("kim",),
    "/coding/{diagnosis_id}/impact": ("kim",),
    "/reconciliation": ("kim", "mia"),
    "/figures": ("mia",),
    "/figures/impact": ("mia",),
    "/figures/queries": ("mia",),
    "/figures/queries/{query_id}": ("mia", "ada"),
    "/rule-health": ("mia",),
    "/letter-audits": ("mia", "ada"),
    "/letter-audits/{audit_id}": ("mia", "ada"),
    "/users": ("eve",),
    "/facilities": ("eve",),
    "/policy": ("mia", "eve"),
    "/deliveries": ("eve",),
    "/intake-gaps": ("eve",),
    "/audit": ("ada", "eve"),
}


def _notes(page: Page) -> None:
    page.locator("[data-loaded]").last.scroll_into_view_if_needed()


def _timeline(page: Page) -> None:
    page.keyboard.press("t")
    expect(page.get_by_role("group", name="Timeline of this stay")).to_be_visible()


def _trend(page: Page) -> None:
    page.locator("[data-evidence]:not([data-note])").first.click()
    expect(page.locator("#panel svg.trend")).to_be_visible()


def _why(page: Page) -> None:
    page.keyboard.press("w")
    expect(page.get_by_role("heading", name="Why it fired")).to_be_visible()


# Parts of the chart come into it by themselves or by a key.
PARTS: dict[str, Callable[[Page], None]] = {
    "/encounters/{encounter_id}/notes/{number}": _notes,
    "/encounters/{encounter_id}/timeline": _timeline,
    "/encounters/{encounter_id}/trend": _trend,
    "/findings/{finding_id}/why": _why,
}
DOWNLOADS = {"/figures.csv": "mia", "/letter-audits/{audit_id}/worksheet.csv": "ada"}


@pytest.fixture
def busy(hospital: Hospital) -> Busy:
    """The hospital, with something for every page."""
    return make_busy(hospital)


def _routes() -> list[str]:
    paths: dict[str, Any] = create_pages(None).openapi()["paths"]  # type: ignore[arg-type]
    return [path for path, methods in paths.items() if "get" in methods]


def _assert_no_inner_scroll(page: Page) -> None:
    """Fail if a table or panel has to be moved sideways to be read."""
    found = page.evaluate(
        """[...document.querySelectorAll("main *")].filter(one =>
            ["auto", "scroll"].includes(getComputedStyle(one).overflowX) &&
            !["TEXTAREA", "INPUT"].includes(one.tagName) &&
            one.scrollWidth > one.clientWidth + 1).map(one => one.className)"""
    )
    assert found == [], found


def _look(page: Page) -> None:
    """Judge a page as it stands: at each width, and once in the dark, which moves nothing."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        _judge(page)
    page.set_viewport_size({"width": WIDTHS[0], "height": 800})
    page.emulate_media(color_scheme="dark")
    _judge(page)
    page.emulate_media(color_scheme="light")


def _judge(page: Page) -> None:
    try:
        assert_accessible(page)
        assert_no_sideways_scroll(page)
    except AssertionError as wrong:
        raise AssertionError(f"{page.url} {page.viewport_size}: {wrong}") from wrong


def test_no_page_is_forgotten() -> None:
    assert set(_routes()) == PAGES.keys() | PARTS.keys() | DOWNLOADS.keys()


@pytest.mark.parametrize("name", ["", *ROLES])
def test_every_page_of_a_role_is_accessible_and_fits(
    busy: Busy, page_as: PageAs, name: str
) -> None:
    page = page_as(name, (WIDTHS[0], 800))
    for route, people in PAGES.items():
        for path in busy.paths(route):
            if name not in people:
                told = page.request.get(path, max_redirects=0)
                assert told.status in (303, 403, 404), (name, path)
                continue
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == 200, (name, path)
            if route != "/":
                assert page.url.endswith(path), (name, path)
            _look(page)
            if name in SMALL_SCREENS:
                page.set_viewport_size({"width": 320, "height": 640})
                _assert_no_inner_scroll(page)
    assert [line for line in watch(page).said if "Security Policy" in line] == []


@pytest.mark.parametrize("route", PARTS)
def test_every_part_of_the_chart_is_accessible_and_fits(
    busy: Busy, page_as: PageAs, route: str
) -> None:
    page = page_as("sam")
    page.goto(f"/encounters/{busy.stay}", wait_until="networkidle")
    PARTS[route](page)
    _look(page)


def test_downloads_are_files(busy: Busy, page_as: PageAs) -> None:
    for route, name in DOWNLOADS.items():
        told = page_as(name).request.get(busy.paths(route)[0])
        assert (told.status, told.headers["content-type"]) == (200, "text/csv; charset=utf-8")
        assert re.match(r'attachment; filename="[\w.-]+\.csv"', told.headers["content-disposition"])


def test_what_is_posted_for_and_what_goes_wrong_is_accessible_too(
    busy: Busy, page_as: PageAs
) -> None:
    page = page_as("sam")
    page.goto("/worklist")
    page.keyboard.press("/")
    page.keyboard.type("Jordan")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Jordan Example").first).to_be_visible()
    _look(page)
    page.goto("/stays")
    page.keyboard.type("Jordan")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="6 found")).to_be_visible()
    assert page.url.endswith("/stays")
    _look(page)
    watch(page).allow("404")
    page.goto("/encounters/none")
    expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()
    _look(page)
    page.goto(f"/queries/{busy.draft}/letter")
    busy.hospital.clock.pass_hours(1)
    watch(page).allow("401")
    page.get_by_role("button", name="Drop draft").click()
    expect(page.get_by_role("heading", name="The session has ended")).to_be_visible()
    _look(page)
    auditor = page_as("ada")
    auditor.goto("/audit")
    auditor.get_by_role("button", name="Prove the chain").click()
    expect(auditor.get_by_role("heading", name="The chain is whole")).to_be_visible()
    _look(auditor)
