"""What a browser test watches: console and policy, accessibility, steps, bytes of a first load."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Error, Locator, Page, Request

_AXE = Path(__file__).parent / "browser" / "axe-4.14.1.min.js"
_GRAVE = ("serious", "critical")


class Watch:
    """Collects what a page should never say; :meth:`check` fails if it said something."""

    def __init__(self, page: Page) -> None:
        self.said: list[str] = []
        self._finished: list[Request] = []
        self._allowed: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", self._fail)
        page.on("requestfinished", self._keep)
        page.__dict__["watch"] = self

    @property
    def bytes(self) -> int:
        """What was transferred so far, as it was packed; pages as well as files."""
        return sum(request.sizes()["responseBodySize"] for request in self._finished)

    def allow(self, words: str) -> None:
        """Let messages with these words pass, such as the status of an answer that is expected."""
        self._allowed.append(words)

    def check(self) -> None:
        """Fail if anything was said that was not allowed."""
        heard = [line for line in self.said if not any(word in line for word in self._allowed)]
        assert heard == [], heard

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            at = message.location
            self.said.append(f"{message.text} ({at['url'][-60:]}:{at['lineNumber']})")

    def _keep(self, request: Request) -> None:
        self._finished.append(request)

    def _fail(self, error: Error) -> None:
        self.said.append(f"script: {error.message}")


def watch(page: Page) -> Watch:
    """Return the watch of a page."""
    found = page.__dict__["watch"]
    assert isinstance(found, Watch)
    return found


class Steps:
    """A person at a page; each click, tap and key is a step, and ``count`` tells how many."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def click(self, what: str | Locator) -> None:
        self.count += 1
        (self.page.locator(what) if isinstance(what, str) else what).click()

    def press(self, key: str) -> None:
        self.count += 1
        self.page.wait_for_load_state()  # nobody presses a key before a page has come
        self.page.keyboard.press(key)

    def start(self) -> None:
        """Count from here."""
        self.count = 0


def assert_accessible(page: Page) -> None:
    """Fail for every serious or critical finding of axe on the page as it is now."""
    # Evaluated, since the policy of the pages lets no foreign script tag in.
    heard = len(watch(page).said)
    page.evaluate(_axe())
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    page.wait_for_timeout(50)
    # Axe tries styles of its own, which the policy refuses: not the words of the page.
    del watch(page).said[heard:]
    grave = [
        (wrong["id"], wrong["help"], [node["html"][:200] for node in wrong["nodes"]][:4])
        for wrong in found["violations"]
        if wrong["impact"] in _GRAVE
    ]
    assert grave == [], grave


def assert_no_sideways_scroll(page: Page) -> None:
    """Fail if the page is wider than its window."""
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{wide} pixels too wide"


@cache
def _axe() -> str:
    return _AXE.read_text(encoding="utf-8")
