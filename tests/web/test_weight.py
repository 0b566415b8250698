"""What a first load of each page transfers: the page as it is packed, its styles and scripts."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable

import pytest
from busy_hospital import make_busy
from desks import Hospital
from fastapi.testclient import TestClient

from cdi.web.site import create_pages

BrowserOf = Callable[[str], TestClient]
MOST_BYTES = 120_000
_ASSET = re.compile(r'(?:href|src)="(/static/[^"]+)"')


def _weigh(browser: TestClient, path: str) -> int:
    answer = browser.get(path)
    assert (answer.status_code, answer.headers["content-encoding"]) == (200, "gzip"), path
    return len(gzip.compress(answer.content, 9))


@pytest.mark.parametrize("name", ["sam", "mia", "pat", "kim", "ada", "eve"])
def test_a_first_load_of_every_page_is_small(
    browser_of: BrowserOf, hospital: Hospital, name: str
) -> None:
    busy = make_busy(hospital)
    routes = create_pages(hospital.desk).openapi()["paths"]
    browser = browser_of(name)
    seen = 0
    for route in (path for path, methods in routes.items() if "get" in methods):
        for path in busy.paths(route):
            page = browser.get(path)
            if page.status_code != 200 or "<!doctype html>" not in page.text:
                continue
            assets = {asset: _weigh(browser, asset) for asset in _ASSET.findall(page.text)}
            assert any(asset.endswith(".css") for asset in assets), path
            weight = _weigh(browser, path) + sum(assets.values())
            assert 5_000 < weight < MOST_BYTES, (path, weight)
            seen += 1
    assert seen >= 4, name
