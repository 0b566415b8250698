"""Parts of a chart as a specialist reads it: what is new, its story, why and why not, searches.

Each look is an event, as for the whole chart. Stories and copied passages are worked out once for
each version of an encounter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cdi.domain.actor import Actor
from cdi.domain.encounter import Note
from cdi.domain.finding import Explanation, Finding
from cdi.domain.query import FindingState
from cdi.domain.story import Story
from cdi.errors import InputError, NotFound, RuleError
from cdi.review.copies import Copied, CopyFinder
from cdi.storage.findings import finding_heads, finding_history
from cdi.storage.tables import EncounterRow, FindingHistoryRow, FindingRow
from cdi.storage.worklists import assignments_of, snoozes_of
from cdi.workflow.assignment import note_look
from cdi.workflow.charts import READ, Chart, note_list, open_chart, read_chart
from cdi.workflow.desk import Desk, Receipt, note_event
from cdi.workflow.news import News, read_news
from cdi.workflow.patients import find_asleep
from cdi.workflow.permitted import take_encounter, take_finding

MARKING = (FindingState.OPEN, FindingState.ASKED)
"""Of these findings the evidence is marked in notes: what may still be asked, or is."""
_AROUND = 70
_MOST_HITS = 60


@dataclass(frozen=True, slots=True)
class Opened:
    """A chart as it is opened: with what is new since the last sitting, and what is put off.

    ``told`` is what its findings say, by id.
    """

    chart: Chart
    told: Mapping[str, Finding]
    news: News
    asleep: frozenset[str]
    owner_id: str


@dataclass(frozen=True, slots=True)
class OpenedNote:
    """A note of a chart, the findings that may point into it, and what it repeats.

    ``told`` is what those findings say that are marked, by id.
    """

    note: Note
    findings: tuple[FindingRow, ...]
    told: Mapping[str, Finding]
    copied: tuple[Copied, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a search found its words: a note, the place in it, and the text around."""

    note: Note
    number: int
    start: int
    end: int
    before: str
    words: str
    after: str


def open_at_desk(desk: Desk, actor: Actor, encounter_id: str) -> Opened:
    """Open a chart, note the look, and tell what is new since the one before.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    with desk.store.writing() as session:
        chart = read_chart(desk, session, actor, encounter_id)
        since = note_look(session, actor, encounter_id, desk.now())
        rows = chart.findings
        told = desk.references.read_findings(session, rows)
        known = {encounter_id: since} if since else {}
        news = read_news(session, known, {encounter_id: rows}).get(encounter_id, News())
        asleep = find_asleep(rows, snoozes_of(session, [row.id for row in rows]), desk.now())
        owner = assignments_of(session, [encounter_id]).get(encounter_id)
    return Opened(chart, told, news, asleep, owner.user_id if owner else "")


def open_note(desk: Desk, actor: Actor, encounter_id: str, number: int) -> OpenedNote:
    """Open one note of a chart, without the rest of it; that it was seen is an event.

    Raises:
        NotFound: there is no note of that number; and as the permissions say.
        NotAllowed: as the permissions say.
    """
    with desk.store.looking() as session:
        row = take_encounter(session, actor, encounter_id, READ)
        notes = desk.references.read_chart(session, row).notes
        if not 0 < number <= len(notes):
            raise NotFound("there is no such note")
        note = notes[number - 1]
        copied = _find_copied(desk, row, notes)
        rows = tuple(finding_heads(session, [row.id]))
        marking = [one for one in rows if one.state in MARKING]
        told = desk.references.read_findings(session, marking)
        opened = OpenedNote(note, rows, told, copied.get(note.id, ()))
        receipt = Receipt("encounter", row.id, row.version)
        note_event(desk, session, actor, READ, receipt, row.facility_id, row.id, note=number)
    return opened


def open_story(desk: Desk, actor: Actor, encounter_id: str) -> Story:
    """Return how a stay went: when each finding opened and what resolved it.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    chart = open_chart(desk, actor, encounter_id)
    return desk.references.stories.get(
        (encounter_id, chart.row.version),
        lambda: desk.references.tell_story(desk.scanner, chart.encounter),
    )


def find_copied(desk: Desk, chart: Chart) -> Mapping[str, tuple[Copied, ...]]:
    """Return by note id what repeats an earlier note of the stay word for word."""
    return _find_copied(desk, chart.row, chart.encounter.notes)


def explain_condition(
    desk: Desk, actor: Actor, encounter_id: str, condition: str
) -> tuple[Explanation, ...]:
    """Tell for each rule of a condition why it speaks of an encounter or is silent.

    Raises:
        NotFound, NotAllowed: as the permissions say.
        InputError: there is no such condition.
    """
    chart = open_chart(desk, actor, encounter_id)
    try:
        return desk.scanner.explain(chart.encounter, condition)
    except RuleError as error:
        raise InputError("there is no such condition", field="condition") from error


def search_notes(desk: Desk, actor: Actor, encounter_id: str, words: str) -> list[Hit]:
    """Return where the notes of an encounter have some words, the newest note first.

    Raises:
        NotFound, NotAllowed: as the permissions say.
        InputError: fewer than two characters are given.
    """
    wanted = " ".join(words.split()).lower()
    if len(wanted) < 2:
        raise InputError("give at least two characters", field="words")
    notes = list(enumerate(open_chart(desk, actor, encounter_id).encounter.notes, 1))
    notes.sort(key=lambda pair: _recorded(pair[1]))
    hits: list[Hit] = []
    for number, note in reversed(notes):
        low, at = note.text.lower(), 0
        # Lower case may be longer than the text ("İ"), and its places then other places.
        low = low if len(low) == len(note.text) else note.text
        while (at := low.find(wanted, at)) >= 0 and len(hits) < _MOST_HITS:
            hits.append(_hit(note, number, at, at + len(wanted)))
            at += len(wanted)
    return hits


def open_history(
    desk: Desk, actor: Actor, finding_id: str
) -> tuple[FindingRow, list[FindingHistoryRow]]:
    """Return a finding with its history, oldest first.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    verb = "finding.list"
    with desk.store.looking() as session:
        row = take_finding(session, actor, finding_id, verb)
        history = finding_history(session, finding_id)
        note_list(desk, session, actor, verb, (row,))
    return row, history


def _find_copied(
    desk: Desk, row: EncounterRow, notes: Sequence[Note]
) -> Mapping[str, tuple[Copied, ...]]:
    def find() -> Mapping[str, tuple[Copied, ...]]:
        finder = CopyFinder()
        return {note.id: finder.take(note) for note in sorted(notes, key=_recorded)}

    return desk.references.copies.get((row.id, row.version), find)


def _recorded(note: Note) -> float:
    return note.recorded_at.timestamp() if note.recorded_at else 0.0


def _hit(note: Note, number: int, start: int, end: int) -> Hit:
    text = note.text
    return Hit(
        note=note,
        number=number,
        start=start,
        end=end,
        before=" ".join(text[max(0, start - _AROUND) : start].split("\n")),
        words=text[start:end],
        after=" ".join(text[end : end + _AROUND].split("\n")),
    )
