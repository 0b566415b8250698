"""Reviews as one offline HTML file: findings beside the notes, evidence highlighted in place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from cdi.domain.encounter import Note
from cdi.domain.evidence_text import evidence_text
from cdi.domain.finding import EvidenceRole, Finding, NoteSpan, Review
from cdi.domain.story import Life, Story
from cdi.report.chart import Chart, draw
from cdi.report.story_text import beside_findings
from cdi.rules.measurements import Analytes


class Piece(NamedTuple):
    """A stretch of note text and the evidence it is part of.

    ``role`` is "" for plain text; ``label`` says in words what the stretch is evidence of;
    ``anchors`` are the ids that links from findings jump to.
    """

    text: str
    role: str
    label: str
    anchors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """A piece of evidence as listed under its finding; ``link`` is "" if it is not in a note."""

    text: str
    name: str
    role: str
    link: str


@dataclass(frozen=True, slots=True)
class FindingCard:
    """A finding as shown."""

    anchor: str
    finding: Finding
    evidence: tuple[EvidenceLine, ...]


@dataclass(frozen=True, slots=True)
class NoteView:
    """A note with its evidence marked."""

    note: Note
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class EncounterView:
    """An encounter as shown."""

    anchor: str
    review: Review
    cards: tuple[FindingCard, ...]
    notes: tuple[NoteView, ...]
    chart: Chart | None = None
    resolved: tuple[Life, ...] = ()
    beside: tuple[str, ...] = ()


class _Marked(NamedTuple):
    start: int
    end: int
    role: EvidenceRole
    label: str
    anchor: str


def render_page(reviews: Sequence[Review]) -> str:
    """Return the page; it loads nothing from anywhere and its text is escaped."""
    return _render([_view(number, review) for number, review in enumerate(reviews, 1)])


def render_stories(stories: Sequence[Story], analytes: Analytes) -> str:
    """Return the page of stays, each with its timeline and with what was resolved.

    Args:
        stories: the stays.
        analytes: for one unit in each series of values.
    """
    return _render(
        [
            replace(
                _view(number, story.review),
                chart=draw(story, analytes, f"e{number}"),
                resolved=story.resolved,
                beside=tuple(beside_findings(story)),
            )
            for number, story in enumerate(stories, 1)
        ]
    )


def _render(views: Sequence[EncounterView]) -> str:
    return _template().render(
        encounters=views,
        findings=sum(len(view.cards) for view in views),
        silent=sum(not view.cards for view in views),
    )


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("cdi.report", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.j2")


def _view(number: int, review: Review) -> EncounterView:
    anchor = f"e{number}"
    marks: dict[str, list[_Marked]] = {}
    cards = []
    for index, finding in enumerate(review.findings, 1):
        cards.append(_card(f"{anchor}f{index}", finding, review, marks))
    notes = tuple(
        NoteView(note, tuple(_pieces(note.text, marks.get(note.id, []))))
        for note in review.encounter.notes
    )
    return EncounterView(anchor, review, tuple(cards), notes)


def _card(
    anchor: str, finding: Finding, review: Review, marks: dict[str, list[_Marked]]
) -> FindingCard:
    lines = []
    title = finding.condition.replace("_", " ")
    for number, evidence in enumerate(finding.evidence, 1):
        pointer, link = evidence.pointer, ""
        name = evidence.name.replace("_", " ")
        if isinstance(pointer, NoteSpan):
            link = f"{anchor}v{number}"
            label = f"{title}: {name}, {_ROLE_WORDS[evidence.role]}"
            marks.setdefault(pointer.note_id, []).append(
                _Marked(pointer.start, pointer.end, evidence.role, label, link)
            )
        text = evidence_text(pointer, review.encounter)
        lines.append(EvidenceLine(text, name, evidence.role.value, link))
    return FindingCard(anchor, finding, tuple(lines))


_ROLE_WORDS = {
    EvidenceRole.TRIGGER: "trigger",
    EvidenceRole.SUPPORTS: "supports",
    EvidenceRole.AGAINST: "against",
}
_STRONGEST = (EvidenceRole.TRIGGER, EvidenceRole.AGAINST, EvidenceRole.SUPPORTS)


def _pieces(text: str, marks: Sequence[_Marked]) -> Iterator[Piece]:
    """Cut a text where evidence begins or ends; overlapping evidence shares a stretch."""
    edges = sorted({0, len(text), *(m.start for m in marks), *(m.end for m in marks)})
    for start, end in pairwise(edges):
        over = [mark for mark in marks if mark.start <= start and end <= mark.end]
        role = next((r for r in _STRONGEST if any(m.role is r for m in over)), None)
        yield Piece(
            text=text[start:end],
            role=role.value if role else "",
            label="; ".join(dict.fromkeys(mark.label for mark in over)),
            anchors=tuple(mark.anchor for mark in over if mark.start == start),
        )
