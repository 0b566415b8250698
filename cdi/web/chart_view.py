"""A chart as it is shown: findings as cards, and notes with their evidence marked in place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from cdi.domain.encounter import Encounter, Note
from cdi.domain.finding import (
    EvidenceRole,
    Finding,
    MedicationPointer,
    NoteSpan,
    ObservationPointer,
)
from cdi.domain.query import FindingState
from cdi.domain.record import RecordIndex
from cdi.errors import InputError
from cdi.review.copies import Copied
from cdi.storage.tables import FindingRow, QueryRow
from cdi.workflow.chart_parts import MARKING

_ROLE_WORDS = {
    EvidenceRole.TRIGGER: "trigger",
    EvidenceRole.SUPPORTS: "supports",
    EvidenceRole.AGAINST: "against",
}
_ROLE_ORDER = {role: place for place, role in enumerate(_ROLE_WORDS)}


class Line(NamedTuple):
    """A piece of evidence in the list of a card.

    ``note`` is the number of the note it stands in, 0 if it is none; ``analyte`` names the value it
    is, "" if it is none. ``anchor`` is where it stands on the page.
    """

    text: str
    name: str
    role: str
    at: datetime | None
    note: int
    analyte: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Card:
    """A finding with its evidence for and against, and the query that asks about it."""

    row: FindingRow
    finding: Finding
    pro: tuple[Line, ...]
    contra: tuple[Line, ...]
    query: QueryRow | None
    asleep: bool

    @property
    def is_open(self) -> bool:
        """Tell whether it waits for a decision."""
        return self.row.state is FindingState.OPEN and not self.asleep

    @property
    def lines(self) -> tuple[Line, ...]:
        """All its evidence, in the order in which keys step through it."""
        return self.pro + self.contra


class Piece(NamedTuple):
    """A stretch of a note: what it is evidence of, and whether it was copied.

    ``roles`` tells by finding id what the stretch does for it; ``anchors`` stand at its start.
    """

    text: str
    roles: Mapping[str, str]
    label: str
    anchors: tuple[str, ...]
    copied: bool
    found: bool


class _Mark(NamedTuple):
    start: int
    end: int
    finding_id: str
    role: str
    label: str
    anchor: str


def make_cards(
    encounter: Encounter,
    rows: Sequence[FindingRow],
    queries: Sequence[QueryRow],
    asleep: Collection[str],
    told: Mapping[str, Finding],
) -> list[Card]:
    """Return the findings as cards: open ones first, then asked, snoozed, settled.

    ``told`` is what they say, by id.
    """
    asking = {question.finding_id: query for query in queries for question in query.questions}
    places = {note.id: number for number, note in enumerate(encounter.notes, 1)}
    analytes = {seen.id: seen.analyte for seen in encounter.observations}
    record = RecordIndex(encounter)
    cards = []
    for row in rows:
        finding = told[row.id]
        lines = list(_lines(row.id, finding, record, places, analytes))
        pro = tuple(line for line in lines if line.role != EvidenceRole.AGAINST)
        contra = tuple(line for line in lines if line.role == EvidenceRole.AGAINST)
        cards.append(Card(row, finding, pro, contra, asking.get(row.id), row.id in asleep))
    cards.sort(key=_order)
    return cards


def marking(
    rows: Iterable[FindingRow], told: Mapping[str, Finding]
) -> list[tuple[FindingRow, Finding]]:
    """Return the findings that mark notes, in the order of cards."""
    wanted = [row for row in rows if row.state in MARKING]
    wanted.sort(key=lambda row: (MARKING.index(row.state), -row.rank))
    return [(row, told[row.id]) for row in wanted]


def note_pieces(
    note: Note,
    findings: Iterable[tuple[FindingRow, Finding]],
    copied: Sequence[Copied] = (),
    found: tuple[int, int] | None = None,
) -> list[Piece]:
    """Cut a note where evidence, a copied passage or what was searched for begins or ends."""
    size = len(note.text)
    marks = [
        mark
        for row, finding in findings
        if row.state in MARKING
        for mark in _marks(row.id, finding, note.id, size)
    ]
    return list(_cut(note.text, marks, copied, found))


def _order(card: Card) -> tuple[int, float]:
    states = [FindingState.OPEN, FindingState.ASKED, FindingState.RESOLVED, FindingState.DISMISSED]
    place = states.index(card.row.state) * 2 + (1 if card.asleep else 0)
    return place, -card.row.rank


def _lines(
    finding_id: str,
    finding: Finding,
    record: RecordIndex,
    places: Mapping[str, int],
    analytes: Mapping[str, str],
) -> Iterator[Line]:
    """Yield the evidence: triggers first, each text once, what no longer resolves left out."""
    known: set[tuple[str, str]] = set()
    numbered = list(enumerate(finding.evidence))
    numbered.sort(key=lambda pair: _ROLE_ORDER[pair[1].role])
    for number, evidence in numbered:
        pointer = evidence.pointer
        try:
            quoted = record.quote(pointer)
        except InputError:
            continue
        key = quoted.text.lower(), evidence.role
        if key in known:
            continue
        known.add(key)
        yield Line(
            text=quoted.text,
            name=evidence.name.replace("_", " "),
            role=evidence.role.value,
            at=None if isinstance(pointer, MedicationPointer) else quoted.recorded_at,
            note=places.get(pointer.note_id, 0) if isinstance(pointer, NoteSpan) else 0,
            analyte=analytes.get(pointer.observation_id, "")
            if isinstance(pointer, ObservationPointer)
            else "",
            anchor=f"v{finding_id}-{number}",
        )


def _marks(finding_id: str, finding: Finding, note_id: str, length: int) -> Iterator[_Mark]:
    title = finding.condition.replace("_", " ")
    for number, evidence in enumerate(finding.evidence):
        pointer = evidence.pointer
        if isinstance(pointer, NoteSpan) and pointer.note_id == note_id and pointer.end <= length:
            word = _ROLE_WORDS[evidence.role]
            label = f"{title}: {evidence.name.replace('_', ' ')}, {word}"
            anchor = f"v{finding_id}-{number}"
            yield _Mark(pointer.start, pointer.end, finding_id, word, label, anchor)


def _cut(
    text: str, marks: Sequence[_Mark], copied: Sequence[Copied], found: tuple[int, int] | None
) -> Iterator[Piece]:
    hits = [found] if found else []
    spans = [(m.start, m.end) for m in marks] + [(c.start, c.end) for c in copied] + hits
    edges = sorted({0, len(text), *(edge for span in spans for edge in span if edge <= len(text))})
    for start, end in pairwise(edges):
        over = [mark for mark in marks if mark.start <= start and end <= mark.end]
        yield Piece(
            text=text[start:end],
            roles={mark.finding_id: mark.role for mark in reversed(over)},
            label="; ".join(dict.fromkeys(mark.label for mark in over)),
            anchors=tuple(mark.anchor for mark in over if mark.start == start),
            copied=any(c.start <= start and end <= c.end for c in copied),
            found=any(low <= start and end <= high for low, high in hits),
        )
