"""Reading pages in tests: the token of their forms, and posting as a browser would."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fastapi.testclient import TestClient

SITE = "https://desk.test"


def csrf_of(text: str) -> str:
    """Return the token that the forms of a page carry."""
    found = re.search(r'X-CSRF-Token": "([^"]+)"', text)
    assert found is not None, "a page without a token"
    return found[1]


def post(browser: TestClient, page: str, path: str, content: Mapping[str, Any]) -> Any:
    """Post a form that stands on a page."""
    token = csrf_of(browser.get(page, follow_redirects=True).text)
    return browser.post(path, data={"csrf": token, **content})
