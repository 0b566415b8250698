"""The administrator's and the auditor's pages in a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from busy_hospital import make_busy
from desks import Hospital
from playwright.sync_api import Page, expect
from sights import assert_accessible, assert_no_sideways_scroll

from cdi.storage.tables import FacilityRow

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
    for path in ("/users", "/facilities", "/policy", "/deliveries", "/intake-gaps", "/audit"):
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


def _tab_to(page: Page, name: str) -> None:
    """Press Tab until the field or button of that name has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        named = page.evaluate(
            """(() => { const one = document.activeElement;
            return one.getAttribute("aria-label") || one.labels?.[0]?.innerText
                || one.innerText || ""; })()"""
        )
        if named.strip() == name:
            return
    pytest.fail(f"{name} is not reached with Tab")


def test_a_facility_and_its_first_person_are_added_with_the_keyboard_alone(
    page_as: PageAs, hospital: Hospital
) -> None:
    page = page_as("eve")
    page.goto("/facilities")
    _tab_to(page, "Name")
    page.keyboard.type("North Clinic")
    page.keyboard.press("Tab")
    page.keyboard.type("north")
    page.keyboard.press("Tab")
    page.keyboard.type("America/Chicago")
    page.keyboard.press("Escape")
    _tab_to(page, "Add")
    page.keyboard.press("Enter")
    expect(page.get_by_role("cell", name="North Clinic")).to_be_visible()
    page.get_by_label("Facility", exact=True).focus()
    page.keyboard.type("North")
    expect(page.get_by_label("Facility", exact=True)).to_have_value(_id_of(hospital, "north"))
    page.goto("/users")
    _tab_to(page, "Login")
    page.keyboard.type("noa")
    page.keyboard.press("Tab")
    page.keyboard.type("Noa Test")
    _tab_to(page, "coder")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("cell", name="Noa Test")).to_be_visible()
    expect(page.get_by_role("heading", name="Users")).to_contain_text("North Clinic")


def _id_of(hospital: Hospital, code: str) -> str:
    with hospital.store.reading() as session:
        return session.query(FacilityRow).filter_by(code=code).one().id


def test_what_failed_and_what_is_not_mapped_is_found_with_the_keyboard_alone(
    page_as: PageAs, hospital: Hospital
) -> None:
    make_busy(hospital)
    page = page_as("eve")
    page.goto("/intake-gaps")
    expect(page.get_by_role("cell", name="LOINC 99999-9 is not mapped")).to_be_visible()
    page.goto("/deliveries")
    expect(page.get_by_role("cell", name="pat@example.org")).to_be_visible()
    _tab_to(page, "Try again")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing is failed.")).to_be_visible()
    _tab_to(page, "waiting")
    page.keyboard.press("Enter")
    expect(page.get_by_role("cell", name="pat@example.org").first).to_be_visible()
    page.goto("/audit")
    _tab_to(page, "Did what")
    page.keyboard.type("delivery.retry")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="delivery.retry")).to_be_visible()
    _tab_to(page, "Prove the chain")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="The chain is whole")).to_be_visible()
