"""Pages on paper, rendered to PDF: what was read and decided, black on white, nothing to press."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from busy_hospital import Busy, make_busy
from desks import Hospital
from playwright.sync_api import Page, expect

PageAs = Callable[..., Page]
Printed = Callable[..., list[str]]
ON_NO_PAPER = ("Log out", "Skip to the page", "Worklist", "Follow-up", "Print", "CSV")


@pytest.fixture
def busy(hospital: Hospital) -> Busy:
    """The hospital, with something for every page."""
    return make_busy(hospital)


@pytest.fixture
def printed(project: Path) -> Printed:
    """Print a page into ``build/printed`` and return the words of each sheet."""
    reader = shutil.which("pdftotext")
    if reader is None:
        if os.environ.get("CI"):
            pytest.fail("no pdftotext on the path")
        pytest.skip("no pdftotext on the path")
    folder = project / "build" / "printed"
    folder.mkdir(parents=True, exist_ok=True)

    def to_paper(page: Page, name: str, height: str = "29.7cm") -> list[str]:
        path = folder / f"{name}.pdf"
        page.pdf(path=path, width="21cm", height=height, margin=dict.fromkeys(_SIDES, "1.5cm"))
        told = subprocess.run([reader, path, "-"], capture_output=True, check=True)
        text = told.stdout.decode()
        return [_flat(sheet) for sheet in text.split("\f") if sheet.strip()]

    return to_paper


_SIDES = ("top", "right", "bottom", "left")


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _assert_black_on_white(page: Page) -> None:
    """Fail for words that are neither black nor dark grey, and for grounds that are not white."""
    page.emulate_media(media="print", color_scheme="dark")
    found = page.evaluate(
        """[...document.querySelectorAll("body, main, main *")].filter(one => {
            if (!one.checkVisibility() || one.closest("svg")) return false;
            const style = getComputedStyle(one);
            const ground = style.backgroundColor.match(/[\\d.]+/g).map(Number);
            const ink = style.color.match(/[\\d.]+/g).map(Number);
            const clear = ground.length === 4 && ground[3] === 0;
            const white = clear || ground.slice(0, 3).every(part => part === 255);
            return !white || Math.max(...ink.slice(0, 3)) > 0x55;
        }).map(one => one.outerHTML.slice(0, 120))"""
    )
    assert found == [], found[:4]
    page.emulate_media(media="null")


def _assert_only(text: str, there: tuple[str, ...], not_there: tuple[str, ...]) -> None:
    assert [words for words in there if words not in text] == []
    assert [words for words in (*ON_NO_PAPER, *not_there) if words in text] == []


def test_a_chart_has_every_finding_with_its_evidence_then_the_notes(
    busy: Busy, page_as: PageAs, printed: Printed
) -> None:
    page = page_as("sam", dark=True)
    page.goto(f"/encounters/{busy.stay}", wait_until="networkidle")
    _assert_black_on_white(page)
    text = " ".join(printed(page, "chart"))
    _assert_only(
        text,
        (
            "Jordan Example",
            "Acute kidney injury",
            "Heart failure",
            "creatinine 2.4 mg/dL",
            "BNP 1840 pg/mL",
            "ASSESSMENT: CHF exacerbation",
        ),
        ("Draft query", "Dismiss", "Snooze", "Timeline", "Search the notes", "Why not", "rule v"),
    )


def test_no_page_break_falls_into_a_finding(busy: Busy, page_as: PageAs, printed: Printed) -> None:
    page = page_as("sam")
    page.goto(f"/encounters/{busy.stay}", wait_until="networkidle")
    page.emulate_media(media="print")
    cards = [_flat(card).split(" ") for card in page.locator(".finding-card").all_inner_texts()]
    sheets = printed(page, "chart-small", height="11cm")
    where = []
    for words in cards:
        (at,) = (n for n, sheet in enumerate(sheets) if " ".join(words[:3]) in sheet[:4000])
        assert all(word in sheets[at] for word in words)
        where.append(at)
    assert len(set(where)) > 1


def test_a_letter_in_the_editor_prints_as_the_physician_will_see_it(
    busy: Busy, page_as: PageAs, printed: Printed
) -> None:
    page = page_as("sam", dark=True)
    page.goto(f"/queries/{busy.draft}/letter")
    left_out = page.locator("[data-facts] .chip").first
    words = left_out.locator("span").first.inner_text()
    left_out.locator("input").uncheck()
    expect(page.get_by_text("not saved yet")).to_be_visible()
    _assert_black_on_white(page)
    sheets = printed(page, "letter")
    assert "Unable to determine" in sheets[0]
    text = " ".join(sheets)
    _assert_only(
        text,
        ("Clarification:", "Acute systolic (HFrEF)", "Unable to determine", "creatinine 2.4 mg/dL"),
        (
            words,
            "May be sent",
            "Preview",
            "Drop draft",
            "Save",
            "Another answer",
            "cannot be typed",
        ),
    )


def test_a_question_prints_with_its_facts_and_all_answers(
    busy: Busy, page_as: PageAs, printed: Printed
) -> None:
    page = page_as("pat", (390, 844), dark=True)
    page.goto(f"/questions/{busy.waiting}/1")
    options = page.locator(".options > *").all_inner_texts()
    _assert_black_on_white(page)
    text = " ".join(printed(page, "question"))
    there = ("Jordan Example", "creatinine 2.4 mg/dL", *(_flat(option) for option in options))
    _assert_only(
        text, there, ("Not my patient", "Answer with these words", "Add a comment", "open")
    )
    page.goto(f"/questions/{busy.answered}")
    _assert_black_on_white(page)
    signed = " ".join(printed(page, "addendum"))
    _assert_only(signed, ("Electronically signed by Dr. Pat Rivera",), ("To your questions",))


@pytest.mark.parametrize(
    ("name", "route"), [("sam", "/queries/{query_id}/file"), ("mia", "/figures/queries/{query_id}")]
)
def test_a_query_prints_with_its_answer_and_every_step(
    busy: Busy, page_as: PageAs, printed: Printed, name: str, route: str
) -> None:
    page = page_as(name, dark=True)
    page.goto(busy.paths(route)[0])
    _assert_black_on_white(page)
    text = " ".join(printed(page, f"query-{name}"))
    _assert_only(
        text,
        ("cardiac function", "Acute diastolic (HFpEF)", "Electronically signed by Dr. Pat Rivera"),
        ("Withdraw", "Chart"),
    )


def test_figures_print_with_definitions_and_numbers(
    busy: Busy, page_as: PageAs, printed: Printed
) -> None:
    page = page_as("mia", dark=True)
    page.goto("/figures")
    _assert_black_on_white(page)
    text = " ".join(printed(page, "figures"))
    _assert_only(
        text,
        ("ever asked about, of all encounters", "As of 3 Jun 2026", "By condition"),
        ("Impact",),
    )


def test_an_audit_prints_its_verdicts_and_the_proof_of_the_trail(
    busy: Busy, page_as: PageAs, printed: Printed
) -> None:
    page = page_as("ada", dark=True)
    page.goto(f"/letter-audits/{busy.audit}")
    page.locator("select").first.select_option("opportunity")
    page.get_by_label("Comment on").first.fill("Shorter next time")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_text("verdicts kept")).to_be_visible()
    _assert_black_on_white(page)
    text = " ".join(printed(page, "letter-audit"))
    _assert_only(
        text, ("1 lines judged", "Worksheet", "opportunity", "Shorter next time"), ("Keep",)
    )
    page.goto("/audit")
    page.get_by_role("button", name="Prove the chain").click()
    _assert_black_on_white(page)
    text = " ".join(printed(page, "proof"))
    _assert_only(text, ("The chain is whole", "Last link"), ("Letter audits",))


def test_coded_diagnoses_print_with_the_code_alone(
    busy: Busy, page_as: PageAs, printed: Printed
) -> None:
    page = page_as("kim", dark=True)
    page.goto("/coding")
    _assert_black_on_white(page)
    text = " ".join(printed(page, "coding"))
    _assert_only(text, ("Acute diastolic (HFpEF)", "I50.31"), ("Accept code", "Return", "Export"))
