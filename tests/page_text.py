"""Reading pages in tests: the token of their forms, and posting as a browser would."""

from __future__ import annotations

import html
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


def letter_form(page: str) -> dict[str, Any]:
    """Return what a browser would post of the letter editor, facts ticked as they are."""
    content: dict[str, Any] = {}
    form = page[page.index('id="letter"') :]
    for tag in re.findall(r"<input [^>]*>", form):
        name, value = (re.search(rf'{key}="([^"]*)"', tag) for key in ("name", "value"))
        if name is None or value is None or ("checkbox" in tag and "checked" not in tag):
            continue
        content.setdefault(name[1], []).append(html.unescape(value[1]))
    for name, text in re.findall(
        r'<textarea [^>]*name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.S
    ):
        content[name] = [html.unescape(text)]
    chosen = re.findall(r'<option value="([^"]+)" selected>', form)
    content["recipient"] = chosen[:1]
    content.pop("override", None)
    return content
