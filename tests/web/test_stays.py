"""Finding a stay from the pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from desks import SPECIFIED, Hospital, make_stay
from fastapi.testclient import TestClient
from page_text import post

BrowserOf = Callable[[str], TestClient]


@pytest.mark.parametrize(("name", "chart"), [("sam", "encounters"), ("kim", "charts")])
def test_a_stay_without_questions_is_found_and_leads_to_its_chart(
    browser_of: BrowserOf, hospital: Hospital, name: str, chart: str
) -> None:
    stay = hospital.ingest(make_stay(SPECIFIED)).id
    browser = browser_of(name)
    told = post(browser, "/stays", "/stays", {"words": "jordan"})
    assert f'href="/{chart}/{stay}"' in told.text
    assert "MRN-7" in told.text
    assert browser.get(f"/{chart}/{stay}").status_code == 200
    assert "Jordan" not in str(told.url)


def test_nothing_found_and_too_little_typed_are_told(
    browser_of: BrowserOf, hospital: Hospital
) -> None:
    browser = browser_of("sam")
    assert "Nothing found" in post(browser, "/stays", "/stays", {"words": "nobody"}).text
    short = post(browser, "/stays", "/stays", {"words": "x"})
    assert (short.status_code, "At least two characters" in short.text) == (422, True)
    assert 'value="x"' in short.text
    assert browser_of("ada").get("/stays").status_code == 403
    assert hospital.users["ada"]
