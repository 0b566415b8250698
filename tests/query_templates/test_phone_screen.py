"""A letter of one question on a phone: facts, question and the first answer without scrolling."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cdi.interop.files import read_path
from cdi.workflow.draft import draft_letters
from cdi.workflow.letter_check import default_pack
from cdi.workflow.scan import default_scanner

sync_api = pytest.importorskip("playwright.sync_api")
WIDTH, HEIGHT = 390, 844
PLACES = """() => [
  document.documentElement.scrollWidth,
  Math.round(document.querySelector(".answer, textarea").getBoundingClientRect().top),
  Math.min(...[...document.querySelectorAll(".answer")].map(e => e.offsetHeight), 999),
]"""


@pytest.fixture(scope="module")
def page() -> Iterator[object]:
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        if os.environ.get("CI"):
            pytest.fail("chromium is missing")
        pytest.skip("chromium is not installed")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        yield chromium.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        chromium.close()


def test_the_answers_of_a_one_question_letter_begin_on_the_first_screen(
    page: object, samples: Path
) -> None:
    scanner, problems, letters = default_scanner(), [], 0
    below = []
    for encounter in read_path(samples, problems.append):
        review = scanner.scan(encounter)
        for draft in draft_letters(review, scanner.catalogue, default_pack(), separate=True):
            page.set_content(draft.letter.html)
            width, top, height = page.evaluate(PLACES)
            assert width == WIDTH
            assert height >= 44  # what a thumb hits
            letters += 1
            if top >= HEIGHT:
                below.append((encounter.id, draft.letter.questions[0].condition, top))
    assert letters > 20
    assert below == []
