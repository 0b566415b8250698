"""The pack of section headings: what it may say, and that the one shipped is sound."""

from pathlib import Path

import pytest

from cdi.errors import RuleError
from cdi.resources import models
from cdi.rules.sections import Context, SectionPack, fold_heading, load_sections

SMALL = """\
kinds:
  plan:
    title: Plan
    context: plan
    headings: [plan, recommendations]
  other:
    title: Other
systems:
  kind: plan
  headings: [heart, lungs]
"""


@pytest.fixture(scope="module")
def shipped() -> SectionPack:
    return load_sections(models() / "language" / "sections.yaml")


def load(folder: Path, text: str) -> SectionPack:
    path = folder / "sections.yaml"
    path.write_text(text, encoding="utf-8")
    return load_sections(path)


@pytest.mark.parametrize(
    "written",
    [
        "ASSESSMENT AND PLAN",
        "Assessment & Plan:",
        "assessment  and\tplan",
        "Assessment-and-Plan (hospital day 2):",
        "**Assessment and plan**",
    ],
)
def test_a_heading_is_compared_without_case_marks_and_brackets(written: str) -> None:
    assert fold_heading(written) == "assessment and plan"


def test_blanks_around_a_slash_do_not_count() -> None:
    assert fold_heading("Impression / Plan") == fold_heading("IMPRESSION/PLAN") == "impression/plan"


def test_different_headings_stay_different() -> None:
    assert fold_heading("Past medical history") != fold_heading("Past surgical history")


def test_a_small_pack_loads(tmp_path: Path) -> None:
    pack = load(tmp_path, SMALL)
    assert list(pack.kinds) == ["plan", "other"]
    assert pack.kinds["plan"].context is Context.PLAN
    assert pack.kinds["other"].context is Context.NONE
    assert pack.systems.headings == ("heart", "lungs")


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("context: plan", "contxt: plan", 4, "unknown key `contxt`; did you mean `context`?"),
        ("title: Plan", "keeps: []", 2, "the key `title` is required"),
        ("[heart, lungs]", "[heart, plan]", 10, "`plan` is already a heading of `plan`"),
        ("[plan, rec", "[plan, PLAN, rec", 5, "`PLAN` is already a heading of `plan`"),
        ("[heart, lungs]", "['(', lungs]", 10, "a heading without letters"),
        ("  kind: plan", "  kind: plans", 9, "no such kind; did you mean `plan`?"),
        ("  other:", "  Other:", 6, "a kind is named in snake_case"),
        ("  other:", "  rest:", 1, "a kind `other` is required for unlisted headings"),
    ],
)
def test_a_mistake_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, message: str
) -> None:
    assert old in SMALL
    with pytest.raises(RuleError) as caught:
        load(tmp_path, SMALL.replace(old, new, 1))
    assert caught.value.message == message
    assert caught.value.line == line


def test_a_kept_heading_must_be_listed_somewhere(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r"`hart` is a heading of no kind; did you mean `heart`\?"):
        load(tmp_path, SMALL.replace("context: plan", "keeps: [lungs, hart]"))


@pytest.mark.parametrize(
    ("kind", "context"),
    [
        ("family_history", Context.FAMILY),
        ("past_medical_history", Context.PAST_HISTORY),
        ("past_surgical_history", Context.PAST_HISTORY),
        ("allergies", Context.ALLERGIES),
        ("medications", Context.MEDICATIONS),
        ("hospital_medications", Context.MEDICATIONS),
        ("review_of_systems", Context.REVIEW_OF_SYSTEMS),
        ("physical_exam", Context.EXAM),
        ("vital_signs", Context.EXAM),
        ("social_history", Context.SOCIAL),
        ("laboratory", Context.LABORATORY),
        ("imaging", Context.IMAGING),
        ("imaging_report", Context.IMAGING),
        ("assessment", Context.ASSESSMENT),
        ("assessment_and_plan", Context.ASSESSMENT),
        ("diagnoses", Context.ASSESSMENT),
        ("plan", Context.PLAN),
        ("instructions", Context.INSTRUCTIONS),
        ("indication", Context.INDICATION),
        ("prophylaxis", Context.PREVENTION),
        ("procedures", Context.PROCEDURE),
        ("nursing", Context.CARE_TEAM),
        ("nutrition", Context.CARE_TEAM),
        ("chief_complaint", Context.COMPLAINT),
        ("hpi", Context.NONE),
        ("hospital_course", Context.NONE),
        ("other", Context.NONE),
    ],
)
def test_the_kinds_others_rely_on_are_shipped(
    shipped: SectionPack, kind: str, context: Context
) -> None:
    assert shipped.kinds[kind].context is context


def test_problems_are_listed_only_where_a_provider_assesses(shipped: SectionPack) -> None:
    listing = {name for name, kind in shipped.kinds.items() if kind.problems}
    assert listing == {"assessment", "assessment_and_plan", "diagnoses", "hospital_course", "plan"}
