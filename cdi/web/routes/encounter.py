"""The specialist's chart: findings and notes side by side, and what can be done with a finding."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path, Query, Response

from cdi.domain.encounter import Note
from cdi.domain.evidence_text import evidence_text
from cdi.domain.finding import Explanation
from cdi.domain.reasons import DismissalReason
from cdi.errors import InputError
from cdi.report.chart import draw
from cdi.storage.findings import to_finding
from cdi.web.chart_view import Card, Piece, make_cards, marking, note_pieces
from cdi.web.moments import local
from cdi.web.routes.worklist import SpecialistVisit
from cdi.web.trend_view import make_trend
from cdi.web.visit import Visit
from cdi.workflow.assignment import snooze_finding
from cdi.workflow.chart_parts import (
    explain_condition,
    find_copied,
    open_at_desk,
    open_history,
    open_note,
    open_story,
    search_notes,
)
from cdi.workflow.charts import Chart, open_chart
from cdi.workflow.directory import name_people
from cdi.workflow.drafting import draft_query
from cdi.workflow.lifecycle import dismiss_finding

router = APIRouter()
Id = Annotated[str, Path(max_length=64)]
_SNOOZES = {"tomorrow": 1, "in three days": 3, "in a week": 7}
_MORNING = time(7, 0)
# Notes shown at once; the others come when they are scrolled to or stepped into.
_FIRST_NOTES = 4


@router.get("/encounters/{encounter_id}")
def show_encounter(
    encounter_id: Id, visit: SpecialistVisit, finding: Annotated[str, Query(max_length=64)] = ""
) -> Response:
    """Open a chart at the evidence of a finding: the one named, else the first that is open."""
    opened = open_at_desk(visit.desk, visit.actor, encounter_id)
    chart = opened.chart
    cards = make_cards(chart.encounter, chart.findings, chart.queries, opened.asleep, opened.told)
    chosen = next((card for card in cards if card.row.id == finding), cards[0] if cards else None)
    shown = _first_notes(chart, chosen)
    owners = [opened.owner_id, *(query.recipient_id for query in chart.queries)]
    return visit.page(
        "encounter.html",
        chart=chart,
        news=opened.news,
        owner_id=opened.owner_id,
        names=name_people(visit.desk, owners),
        cards=cards,
        chosen=chosen,
        notes=[
            (number, note, _read(visit, chart, note, cards) if number in shown else None)
            for number, note in _in_order(chart)
        ],
        marked={line.note for card in cards if card.is_open for line in card.lines},
        reasons=list(DismissalReason),
        snoozes=_SNOOZES,
        conditions=sorted(visit.desk.scanner.catalogue.conditions),
    )


@router.get("/encounters/{encounter_id}/notes/{number}")
def show_note(encounter_id: Id, number: int, visit: SpecialistVisit) -> Response:
    """Return the text of one note with its evidence marked."""
    opened = open_note(visit.desk, visit.actor, encounter_id, number)
    pieces = note_pieces(opened.note, marking(opened.findings, opened.told), opened.copied)
    return visit.page("_note.html", note=opened.note, number=number, pieces=pieces)


@router.post("/encounters/{encounter_id}/search")
def search(encounter_id: Id, visit: SpecialistVisit) -> Response:
    """Return where the notes have the words; posted, so that they stand in no address."""
    hits = search_notes(visit.desk, visit.actor, encounter_id, visit.text("words"))
    return visit.page("_note_hits.html", hits=hits, encounter_id=encounter_id)


@router.get("/encounters/{encounter_id}/timeline")
def show_timeline(encounter_id: Id, visit: SpecialistVisit) -> Response:
    """Return notes, findings and values on one line of time, and what was resolved by whom."""
    story = open_story(visit.desk, visit.actor, encounter_id)
    chart = draw(story, visit.desk.scanner.catalogue.analytes, "s")
    return visit.page("_timeline.html", story=story, drawing=chart)


@router.get("/encounters/{encounter_id}/trend")
def show_trend(
    encounter_id: Id, visit: SpecialistVisit, analyte: Annotated[str, Query(max_length=200)]
) -> Response:
    """Return the trend of a value."""
    chart = open_chart(visit.desk, visit.actor, encounter_id)
    trend = make_trend(chart.encounter, visit.desk.scanner.catalogue.analytes, analyte)
    return visit.page("_trend.html", trend=trend, analyte=analyte)


@router.post("/encounters/{encounter_id}/explain")
def explain(encounter_id: Id, visit: SpecialistVisit) -> Response:
    """Return why the rules of a condition speak or are silent."""
    condition = visit.text("condition")
    told = explain_condition(visit.desk, visit.actor, encounter_id, condition)
    chart = open_chart(visit.desk, visit.actor, encounter_id)
    return visit.page("_why.html", rules=[_explained(rule, chart) for rule in told])


@router.get("/findings/{finding_id}/why")
def show_why(finding_id: Id, visit: SpecialistVisit) -> Response:
    """Return the rule that spoke, each name in it with its truth, and the finding's history."""
    row, history = open_history(visit.desk, visit.actor, finding_id)
    chart = open_chart(visit.desk, visit.actor, row.encounter_id)
    (card,) = make_cards(chart.encounter, [row], (), (), {row.id: to_finding(row)})
    return visit.page(
        "_why.html",
        rules=[_explained(card.finding.explanation, chart)],
        history=history,
        names=name_people(visit.desk, [step.actor_id for step in history]),
    )


@router.post("/findings/{finding_id}/dismiss")
def dismiss(finding_id: Id, visit: SpecialistVisit) -> Response:
    """Put a finding away for a reason, and open the next."""
    reason, remark = visit.word("reason", DismissalReason), visit.text("remark")
    dismiss_finding(visit.desk, visit.actor, finding_id, visit.number("version"), reason, remark)
    return _next(visit, visit.text("encounter"), "Dismissed.")


@router.post("/findings/{finding_id}/snooze")
def snooze(finding_id: Id, visit: SpecialistVisit) -> Response:
    """Put a finding off until a morning, and open the next."""
    days = _SNOOZES.get(visit.text("until"))
    if days is None:
        raise InputError("choose one of the times", field="until")
    today = local(visit.desk.now(), visit.zone).date()
    day = today + timedelta(days=days)
    until = datetime.combine(day, _MORNING, ZoneInfo(visit.zone))
    snooze_finding(visit.desk, visit.actor, finding_id, visit.number("version"), until)
    return _next(visit, visit.text("encounter"), "Snoozed; it comes back sooner if it changes.")


@router.post("/encounters/{encounter_id}/draft")
def draft(encounter_id: Id, visit: SpecialistVisit) -> Response:
    """Draft a letter about findings; it joins an unsent one to the same physician."""
    findings = visit.texts("findings")
    receipt = draft_query(visit.desk, visit.actor, encounter_id, findings)
    return visit.go(f"/queries/{receipt.id}/letter")


def _next(visit: Visit, encounter_id: str, say: str) -> Response:
    """Lead to the next open finding of the encounter, else back to the list."""
    opened = open_at_desk(visit.desk, visit.actor, encounter_id)
    chart = opened.chart
    cards = make_cards(chart.encounter, chart.findings, (), opened.asleep, opened.told)
    following = next((card for card in cards if card.is_open), None)
    if following is None:
        return visit.go("/worklist", f"{say} Nothing else is open in that encounter.")
    return visit.go(f"/encounters/{encounter_id}?finding={following.row.id}", say)


def _in_order(chart: Chart) -> list[tuple[int, Note]]:
    """Return the notes with their numbers, oldest first."""
    numbered = list(enumerate(chart.encounter.notes, 1))
    numbered.sort(key=lambda pair: pair[1].recorded_at.timestamp() if pair[1].recorded_at else 0.0)
    return numbered


def _first_notes(chart: Chart, chosen: Card | None) -> set[int]:
    """Return the notes to show at once: those with the chosen finding's evidence, else the last."""
    cited = list(dict.fromkeys(line.note for line in chosen.lines if line.note)) if chosen else []
    newest = [number for number, _ in _in_order(chart)[-1:]]
    return set((cited or newest)[:_FIRST_NOTES])


def _read(visit: Visit, chart: Chart, note: Note, cards: list[Card]) -> list[Piece]:
    findings = [(card.row, card.finding) for card in cards]
    return note_pieces(note, findings, find_copied(visit.desk, chart).get(note.id, ()))


def _explained(rule: Explanation, chart: Chart) -> tuple[Explanation, dict[str, list[str]]]:
    """Return an explanation with the words behind each name that is true."""
    texts: dict[str, list[str]] = {}
    for name in rule.names:
        for pointer in name.evidence[:4]:
            try:
                texts.setdefault(name.name, []).append(evidence_text(pointer, chart.encounter))
            except InputError:  # the record was amended since
                continue
    return rule, {name: list(dict.fromkeys(found)) for name, found in texts.items()}
