"""The coder's journeys: evidence without a click, a code in two, differences before agreements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from desks import CHF, Hospital, make_stay
from playwright.sync_api import Page, expect
from sights import Steps, assert_accessible, assert_no_sideways_scroll, watch
from stays import make_full_stay

from cdi.domain.letter import OptionKind
from cdi.domain.query import CoderStatus, PresentOnAdmission
from cdi.storage.queries import find_diagnosis
from cdi.storage.tables import DiagnosisRow
from cdi.workflow.codes import CodeIndex
from cdi.workflow.diagnoses import accept_code
from cdi.workflow.opening import open_codes
from cdi.workflow.scan import Scanner

PageAs = Callable[..., Page]
Shoot = Callable[..., Path]
MORE = CHF + "\nWound: sacral pressure ulcer, dressing changed daily."
TABLE = "encounter,code,poa\nE-100,I50.9,N\nE-100,E11.9,Y\nE-200,heart,Y\nE-900,D62,Y\n"


@pytest.fixture(scope="session")
def codes(scanner: Scanner) -> CodeIndex:
    """The real index of codes."""
    return open_codes(scanner.catalogue)


@pytest.fixture
def coded(hospital: Hospital, codes: CodeIndex) -> Hospital:
    """The hospital with codes, and two stays answered."""
    hospital.desk = replace(hospital.desk, codes=codes)
    hospital.answered()
    other = hospital.sent(replace(make_stay(MORE), id="E-200"))
    hospital.answer(
        other.id,
        other.version,
        hospital.options(other.id, OptionKind.OTHER, "Acute on chr syst HF"),
    )
    return hospital


def diagnoses(hospital: Hospital) -> list[DiagnosisRow]:
    with hospital.store.reading() as session:
        return session.query(DiagnosisRow).order_by(DiagnosisRow.id).all()


def test_a_code_is_accepted_in_two_clicks_with_the_evidence_in_sight(
    coded: Hospital, page_as: PageAs, shoot: Shoot
) -> None:
    page = page_as("kim")
    page.goto("/")
    line = page.get_by_role("article").first
    expect(line).to_contain_text("BNP 1840 pg/mL")
    expect(line).to_contain_text("Dr. Pat Rivera answered 3 Jun 2026 09:00")
    expect(line).to_contain_text("the answer chosen")
    shoot(page, "coding-1440", whole=True)
    steps = Steps(page)
    steps.click(line.locator(".poa label", has_text="Y").first)
    steps.click(line.get_by_role("button", name="Accept code"))
    expect(line.get_by_role("status")).to_have_text("Coded I50.31 · POA Y")
    assert steps.count <= 2
    row = diagnoses(coded)[0]
    assert (row.status, row.code, row.poa) == (
        CoderStatus.CODED,
        "I50.31",
        PresentOnAdmission.YES,
    )


def test_a_code_is_found_while_it_is_typed_and_taken_instead(
    coded: Hospital, page_as: PageAs, shoot: Shoot
) -> None:
    page = page_as("kim")
    page.goto("/coding")
    line = page.get_by_role("article").first
    line.get_by_label("Another code").press_sequentially("acute on chronic sys")
    expect(line.locator(".found")).to_contain_text("I50.23")
    shoot(page, "coding-search-1440")
    assert_accessible(page)
    line.locator(".found label", has_text="I50.23").click()
    line.get_by_role("button", name="Accept code").click()
    expect(line.get_by_role("status")).to_have_text("Coded I50.23")
    line.locator(".check", has_text="I50.31").click()
    line.get_by_role("button", name="Change code").click()
    expect(line.get_by_role("status")).to_have_text("Coded I50.31")


def test_a_diagnosis_goes_back_with_a_question_and_stands_apart(
    coded: Hospital, page_as: PageAs
) -> None:
    page = page_as("kim")
    page.goto("/coding")
    line = page.get_by_role("article").first
    line.get_by_text("Return with a question").click()
    line.get_by_role("button", name="Return to Dr. Sam Rivera").click()
    expect(line.get_by_role("alert")).to_have_text("Say what is to be clarified.")
    line.get_by_text("Return with a question").click()
    line.get_by_label("What is to be clarified?").fill("Acute on admission?")
    line.get_by_role("button", name="Return to Dr. Sam Rivera").click()
    expect(line.get_by_role("status")).to_have_text("Returned: Acute on admission?")
    page.get_by_role("link", name="Returned").click()
    expect(page.get_by_role("article")).to_have_count(1)


def test_who_is_second_is_told_and_loses_nothing(coded: Hospital, page_as: PageAs) -> None:
    page = page_as("kim")
    watch(page).allow("409")
    page.goto("/coding")
    row = diagnoses(coded)[0]
    accept_code(coded.desk, coded.actor("kim"), row.id, row.version, "I50.30")
    line = page.get_by_role("article").first
    line.get_by_role("button", name="Accept code").click()
    expect(page.locator("#notice")).to_contain_text("Changed")
    with coded.store.reading() as session:
        now = find_diagnosis(session, row.id)
        assert now is not None
        assert now.code == "I50.30"


def test_final_codes_are_taken_in_and_differences_stand_first(
    coded: Hospital, page_as: PageAs, tmp_path: Path, shoot: Shoot
) -> None:
    table = tmp_path / "final.csv"
    table.write_text(TABLE, encoding="utf-8")
    page = page_as("kim")
    page.goto("/reconciliation")
    expect(page.get_by_text("Nothing to compare yet.")).to_be_visible()
    page.get_by_label("Final codes").set_input_files(table)
    page.get_by_role("button", name="Take in").click()
    told = page.get_by_role("status").filter(has_text="taken in")
    expect(told).to_contain_text("2 codes of 1 stay taken in")
    expect(told.locator("tbody tr").nth(0)).to_contain_text("row 4")
    expect(told.locator("tbody tr").nth(0)).to_contain_text("code")
    expect(told.locator("tbody tr").nth(1)).to_contain_text("not known at this facility")
    rows = page.locator(".compare tbody tr")
    expect(rows.nth(0)).to_contain_text("code differs")
    expect(rows.nth(0)).to_contain_text("I50.31")
    expect(rows.nth(1)).to_contain_text("not asked")
    shoot(page, "reconciliation-1440", whole=True)
    assert_accessible(page)


@pytest.mark.parametrize(("size", "dark"), [((1440, 900), True), ((390, 844), False)])
def test_the_pages_are_accessible_and_fit(
    coded: Hospital, page_as: PageAs, size: tuple[int, int], dark: bool, shoot: Shoot
) -> None:
    page = page_as("kim", size, dark=dark)
    for path, name in (("/coding", "coding"), ("/reconciliation", "reconciliation")):
        page.goto(path)
        shoot(page, f"{name}-{size[0]}-{'dark' if dark else 'light'}", whole=True)
        assert_accessible(page)
        assert_no_sideways_scroll(page)
    assert watch(page).bytes < 240_000


def test_timing_suggests_presence_on_admission_and_chooses_nothing(
    hospital: Hospital, page_as: PageAs
) -> None:
    sent = hospital.sent(make_full_stay())
    hospital.answer(sent.id, sent.version, hospital.options(sent.id, OptionKind.DIAGNOSIS))
    page = page_as("kim")
    page.goto("/coding")
    kidney = page.get_by_role("article", name="Acute kidney injury due to acute tubular necrosis")
    expect(kidney.locator(".onset")).to_contain_text("Timing suggests POA Y")
    expect(kidney.locator(".onset")).to_contain_text("First: creatinine 2.4 mg/dL")
    expect(kidney.locator("input[name=poa]:checked")).to_have_count(0)
    heart = page.get_by_role("article", name="HFrEF")
    expect(heart.locator(".onset")).to_have_count(0)
    assert_accessible(page)


def test_a_code_is_accepted_without_a_mouse(coded: Hospital, page_as: PageAs) -> None:
    page = page_as("kim")
    page.goto("/coding")
    line = page.get_by_role("article").first
    line.get_by_role("radio", name="I50.31").focus()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name === 'poa'"):
            break
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(line.get_by_role("status")).to_contain_text("Coded I50.31 · POA")


def test_a_code_is_accepted_without_scripts(coded: Hospital, page_as: PageAs) -> None:
    page = page_as("kim", scripts=False)
    page.goto("/coding")
    line = page.get_by_role("article").first
    line.get_by_label("Code", exact=True).fill("i5023")
    line.get_by_role("button", name="Accept code").click()
    expect(page.get_by_role("status").filter(has_text="Coded")).to_have_text("Coded I50.23")
