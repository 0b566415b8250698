"""Static files: named by their content, kept for ever, packed, and true to where they came from."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

from fastapi.testclient import TestClient

_ROW = re.compile(r"^\| `([^`]+)` \|.*`([0-9a-f]{64})` \|$", flags=re.MULTILINE)


def test_an_asset_is_served_packed_and_may_be_kept_for_ever(browser: TestClient) -> None:
    page = browser.get("/login").text
    path = re.search(r'href="(/static/base\.[0-9a-f]{12}\.css)"', page)
    assert path is not None
    given = browser.get(path[1])
    assert given.status_code == 200
    assert given.headers["content-encoding"] == "gzip"
    assert given.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert given.headers["content-type"] == "text/css; charset=utf-8"
    plain = browser.get(path[1], headers={"Accept-Encoding": "identity"})
    assert plain.content == given.content
    assert browser.get("/static/base.000000000000.css").status_code == 404
    assert browser.get("/static/../site.py").status_code == 404


def test_vendored_files_are_what_their_readme_says(project: Path) -> None:
    for folder in ("cdi/web/static/vendor", "tests/browser"):
        told = dict(_ROW.findall((project / folder / "README.md").read_text(encoding="utf-8")))
        held = {path.name for path in (project / folder).glob("*.js")}
        assert set(told) == held
        for name, wanted in told.items():
            assert sha256((project / folder / name).read_bytes()).hexdigest() == wanted
