"""Every template renders, shows what it is given, and looks as it was approved.

``CDI_APPROVE=1 pytest tests/query_templates`` writes the approved letters anew.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import fields
from html.parser import HTMLParser
from pathlib import Path

import pytest
from factories import (
    evidence,
    make_catalogue,
    make_condition,
    make_encounter,
    make_finding,
    make_letter,
    make_pack,
    span,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import meta

from cdi import resources
from cdi.compliance import check
from cdi.domain.encounter import Encounter, Note, Patient
from cdi.domain.finding import NoteSpan, QueryType
from cdi.domain.letter import Letter, LetterForm
from cdi.errors import LetterError
from cdi.letters import compose, rendering
from cdi.letters import context as letter_context
from cdi.letters.context import LetterContext

FOLDER = resources.query_templates()
TEMPLATES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.j2"))
SNAPSHOTS = Path(__file__).parent / "snapshots"
SHAPES = [(query_type, form) for query_type in QueryType for form in LetterForm]


def merged_letter() -> Letter:
    conditions = [
        make_condition(),
        make_condition(LetterForm.YES_NO, id="liver_injury", topic="liver function"),
        make_condition(LetterForm.OPEN_ENDED, id="lung_injury", topic="oxygenation"),
    ]
    findings = [
        make_finding(QueryType.SPECIFICITY),
        make_finding(QueryType.POA, condition="liver_injury"),
        make_finding(QueryType.UNDOCUMENTED, condition="lung_injury"),
    ]
    return compose(findings, make_encounter(), make_catalogue(*conditions), "Dr. A. Rivera")


APPROVED = {
    **{
        f"{query_type}-{form}": (lambda q=query_type, f=form: make_letter(q, f))
        for query_type, form in SHAPES
    },
    "merged": merged_letter,
}


@pytest.mark.parametrize("name", APPROVED)
def test_a_letter_looks_as_approved(name: str) -> None:
    letter = APPROVED[name]()
    for kind, found in (("txt", letter.text), ("html", letter.html)):
        path = SNAPSHOTS / f"{name}.{kind}"
        if os.environ.get("CDI_APPROVE") == "1":
            path.write_text(found, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == found


def test_every_snapshot_belongs_to_a_letter() -> None:
    stems = {path.stem for path in SNAPSHOTS.iterdir()}
    assert stems == set(APPROVED)


@pytest.mark.parametrize(("query_type", "form"), SHAPES)
def test_text_and_html_say_the_same(query_type: QueryType, form: LetterForm) -> None:
    letter = make_letter(query_type, form)
    question = letter.questions[0]
    expected = [letter.subject, question.stem, "Jordan Example", "MRN-7", "Dr. A. Rivera", "E-100"]
    expected += [option.text for option in question.options]
    expected += [indicator.text for indicator in question.indicators]
    for words in expected:
        assert words in letter.text
        assert words in letter.html


@pytest.mark.parametrize("query_type", QueryType)
def test_every_query_type_has_a_lead_of_one_short_sentence(query_type: QueryType) -> None:
    lead = rendering.render_lead(query_type)
    assert lead.endswith(":")
    assert len(lead) <= 60


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_uses_documented_names_only(template: str) -> None:
    source = (FOLDER / template).read_text(encoding="utf-8")
    tree = rendering.environment(FOLDER).parse(source)
    names = {field.name for field in fields(LetterContext)} | {"question"}
    assert meta.find_undeclared_variables(tree) <= names


@pytest.mark.parametrize(
    "part",
    [
        letter_context.LetterContext,
        letter_context.QuestionContext,
        letter_context.FactGroup,
        letter_context.QuotedFact,
        letter_context.Answer,
    ],
)
def test_every_name_of_the_context_is_documented(part: type) -> None:
    documented = re.findall(r"(?m)^        (\w+): ", part.__doc__ or "")
    assert documented == [field.name for field in fields(part)]


def test_the_context_a_template_gets_is_the_documented_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given_names: list[set[str]] = []

    def record(name: str, values: dict[str, object], letterhead: Path | None) -> str:
        if name.startswith("letter."):
            given_names.append(set(values))
        return ""

    monkeypatch.setattr(rendering, "_render", record)
    make_letter()
    assert given_names == [{field.name for field in fields(LetterContext)}] * 2


@pytest.fixture
def own_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "templates"
    shutil.copytree(FOLDER, folder)
    monkeypatch.setattr(resources, "query_templates", lambda: folder)
    return folder


def test_a_name_that_does_not_exist_is_an_error(own_templates: Path) -> None:
    (own_templates / "letter.txt.j2").write_text("{{ patient_nmae }}", encoding="utf-8")
    with pytest.raises(LetterError, match=r"letter\.txt\.j2: 'patient_nmae' is undefined"):
        make_letter()


def test_a_template_that_cannot_be_parsed_is_an_error(own_templates: Path) -> None:
    (own_templates / "letter.html.j2").write_text("{% if %}", encoding="utf-8")
    with pytest.raises(LetterError, match=r"letter\.html\.j2"):
        make_letter()


def test_a_facility_changes_letterhead_and_footer_without_touching_the_base(
    own_templates: Path,
) -> None:
    (own_templates / "letter.txt.j2").write_text(
        '{% extends "_base.txt.j2" %}\n'
        "{% block letterhead %}GENERAL HOSPITAL\n{% endblock %}\n"
        "{% block footer %}Kept for ten years.\n{% endblock %}\n",
        encoding="utf-8",
    )
    text = make_letter().text
    assert text.startswith("GENERAL HOSPITAL\n")
    assert text.endswith("Kept for ten years.\n")


def test_two_facilities_have_their_own_letterhead_and_wording_beside_the_release(
    tmp_path: Path,
) -> None:
    for name in ("north", "south"):
        (tmp_path / name / "lead").mkdir(parents=True)
        for kind in ("txt", "html"):
            (tmp_path / name / f"letter.{kind}.j2").write_text(
                f'{{% extends "_base.{kind}.j2" %}}{{% block letterhead %}}{name.upper()}\n'
                "{% endblock %}",
                encoding="utf-8",
            )
    (tmp_path / "south" / "lead" / "undocumented.txt.j2").write_text("We found:", "utf-8")
    finding, record, catalogue = make_finding(), make_encounter(), make_catalogue()
    north = compose([finding], record, catalogue, letterhead=tmp_path / "north")
    south = compose([finding], record, catalogue, letterhead=tmp_path / "south")
    plain = compose([finding], record, catalogue)
    assert north.text.startswith("NORTH\n")
    assert "SOUTH\n" in south.html
    assert "We found:" in south.text
    assert "The record shows these findings:" in north.text
    assert "NORTH" not in plain.html + south.html
    assert check(south, record, make_pack()) == ()


HOSTILE = "<script>alert('x')</script> & \"more\""


def test_note_text_cannot_become_markup() -> None:
    note = Note("n1", f"Casts {HOSTILE} seen.", kind=HOSTILE, author="<b>")
    patient = Patient("<i>", "<img src=x onerror=alert(1)>")
    encounter = Encounter("<u>", patient=patient, notes=(note,))
    finding = make_finding(evidence=(evidence(span(encounter, "Casts"), "casts"),))
    letter = compose([finding], encounter, make_catalogue(), "<em>")
    for tag in ("<script", "<img", "<b>", "<i>", "<u>", "<em>"):
        assert tag not in letter.html
    assert HOSTILE in letter.text


class Outline(HTMLParser):
    """Collects what accessibility and privacy tests look at."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"input", "meta"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.mark.parametrize("name", APPROVED)
def test_the_html_is_well_formed_accessible_and_loads_nothing(name: str) -> None:
    html = APPROVED[name]().html
    outline = Outline(html)
    assert outline.open == []
    assert outline.all("html") == [{"lang": "en"}]
    assert len(outline.all("h1")) == 1
    assert len(outline.all("title")) == 1
    assert len(outline.all("fieldset")) == len(outline.all("legend")) == len(outline.all("section"))
    ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    labels = {attributes["for"] for attributes in outline.all("label")}
    for field in [*outline.all("input"), *outline.all("textarea")]:
        assert field.get("aria-label") or field.get("id") in labels
    assert not outline.all("script") + outline.all("link") + outline.all("img")
    assert not re.search(r"(?:src|href|action|url\()", html)


@settings(deadline=None)
@given(st.text(max_size=300), st.text(max_size=40), st.text(max_size=40))
def test_any_note_text_makes_a_letter_whose_quotations_are_found_true(
    text: str, author: str, name: str
) -> None:
    words = text + "Creatinine 2.1 today"
    note = Note("n1", words, author=author)
    encounter = Encounter("E-1", patient=Patient("P-1", name), notes=(note,))
    at = NoteSpan("n1", len(text), len(words))
    finding = make_finding(evidence=(evidence(at, "creatinine_high"),))
    catalogue = make_catalogue()
    letter = compose([finding], encounter, catalogue)
    assert "Q02" not in {v.rule for v in check(letter, encounter, make_pack(catalogue))}
