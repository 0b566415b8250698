"""The specialist's list: encounters with what is open in them, ranked, and what is new."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from cdi.domain.actor import Actor
from cdi.domain.encounter import Encounter
from cdi.domain.finding import Finding
from cdi.domain.query import AWAITING, UNSENT, FindingState, QueryState
from cdi.domain.rank import Rank, rank_finding
from cdi.storage import Session
from cdi.storage.findings import finding_heads
from cdi.storage.json_record import from_json
from cdi.storage.tables import (
    EncounterRow,
    FindingRow,
    LookRow,
    PatientRow,
    SnoozeRow,
)
from cdi.storage.worklists import (
    Heap,
    Narrowing,
    assignments_of,
    conditions_of,
    encounters_by_id,
    encounters_in,
    encounters_resolved_since,
    heap_sizes,
    looks_of,
    open_findings_of,
    open_services,
    patients_by_id,
    saved_filters,
    snoozes_of,
    times_of,
)
from cdi.workflow.desk import Desk, Receipt, note_event
from cdi.workflow.news import News, read_news
from cdi.workflow.permissions import require
from cdi.workflow.permitted import take_encounter

VERB = "finding.list"
STAYS_RESOLVED = timedelta(days=1)
"""How long what resolved itself stays on the list, so that its silence is trusted."""
_MOST = 60


class View(StrEnum):
    """What the list shows."""

    OPEN = "open"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    DRAFTS = "drafts"
    AWAITING = "awaiting"
    ANSWERED = "answered"
    SNOOZED = "snoozed"


_STATES = {
    View.DRAFTS: UNSENT,
    View.AWAITING: AWAITING,
    View.ANSWERED: frozenset({QueryState.ANSWERED}),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter of the list.

    Attributes:
        view: which of the desk's heaps.
        service: only of this service, "" for all.
        condition: only with open findings of this condition, "" for all.
        words: part of a name, the number of patient or encounter, or a condition.
    """

    view: View = View.OPEN
    service: str = ""
    condition: str = ""
    words: str = ""


class Saved(NamedTuple):
    """A filter kept under a name; ``size`` encounters are in it, more if it is ``capped``."""

    id: str
    name: str
    wanted: Wanted
    size: int
    capped: bool


@dataclass(frozen=True, slots=True)
class Line:
    """An encounter on the list, with all that the line shows.

    ``findings`` are without their content; ``told`` is what the open ones say, by id.
    """

    row: EncounterRow
    encounter: Encounter
    patient: PatientRow | None
    findings: tuple[FindingRow, ...]
    told: Mapping[str, Finding]
    asleep: frozenset[str]
    owner_id: str
    look: LookRow | None
    news: News
    rank: Rank
    resolved: tuple[str, ...]

    def open(self) -> list[FindingRow]:
        """Return the findings to work on."""
        return [
            row
            for row in self.findings
            if row.state is FindingState.OPEN and row.id not in self.asleep
        ]

    def asked(self) -> list[FindingRow]:
        """Return the findings that a letter asks about."""
        return [row for row in self.findings if row.state is FindingState.ASKED]


@dataclass(frozen=True, slots=True)
class PatientList:
    """The list with the size of each heap; ``more`` are left for later.

    Attributes:
        counts: encounters in each heap.
        capped: heaps that hold more than were counted.
        services: of the open encounters.
        filters: what the actor saved, in the order of names.
    """

    lines: tuple[Line, ...]
    counts: Mapping[View, int]
    capped: frozenset[View]
    more: int
    services: tuple[str, ...]
    filters: tuple[Saved, ...]


def list_patients(desk: Desk, actor: Actor, facility_id: str, wanted: Wanted) -> PatientList:
    """Return the list of a facility, most urgent first; whose lines were seen is an event.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    now = desk.now()
    with desk.store.looking() as session:
        require(actor, VERB, facility_id)
        saved = read_filters(session, actor)
        views = {view: _heap(actor, Wanted(view)) for view in View}
        kept = {identifier: _heap(actor, filter_) for identifier, (_, filter_) in saved.items()}
        sizes = heap_sizes(session, facility_id, now, [*views.values(), *kept.values()])
        chosen = _choose(session, actor, facility_id, wanted, now)
        ranked = _rank_encounters(desk, session, chosen, now)
        lines = _read_lines(desk, session, actor, ranked[:_MOST], now)
        services = open_services(session, facility_id)
        receipt = Receipt("facility", facility_id)
        seen = sorted(line.row.id for line in lines)
        note_event(desk, session, actor, VERB, receipt, facility_id, None, encounters=seen)
    return PatientList(
        tuple(lines),
        {view: sizes[heap].encounters for view, heap in views.items()},
        frozenset(view for view, heap in views.items() if not sizes[heap].is_whole),
        len(ranked) - len(lines),
        tuple(services),
        tuple(
            Saved(identifier, name, filter_, size.encounters, not size.is_whole)
            for identifier, (name, filter_) in saved.items()
            for size in (sizes[kept[identifier]],)
        ),
    )


def read_filters(session: Session, actor: Actor) -> dict[str, tuple[str, Wanted]]:
    """Return the filters of an actor: name and filter by id, in the order of names."""
    return {
        row.id: (row.name, Wanted(**{**row.content, "view": View(row.content["view"])}))
        for row in saved_filters(session, actor.id)
    }


def open_line(desk: Desk, actor: Actor, encounter_id: str) -> Line:
    """Return the line of one encounter; an event, as the list.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    now = desk.now()
    with desk.store.looking() as session:
        row = take_encounter(session, actor, encounter_id, VERB)
        ranked = _rank_encounters(desk, session, [row.id], now)
        (line,) = _read_lines(desk, session, actor, ranked, now)
        receipt = Receipt("facility", row.facility_id)
        note_event(desk, session, actor, VERB, receipt, row.facility_id, None, encounters=[row.id])
    return line


class _Ranked(NamedTuple):
    """An encounter and its place on the list."""

    encounter_id: str
    rank: Rank


def _rank_encounters(
    desk: Desk, session: Session, encounter_ids: Sequence[str], now: datetime
) -> list[_Ranked]:
    """Return encounters, most urgent first, by no more of them than that takes."""
    found = open_findings_of(session, encounter_ids)
    told = desk.references.read_findings(session, found)
    times = times_of(session, encounter_ids)
    ranks: dict[str, list[Rank]] = {identifier: [] for identifier in times}
    for one in found:
        if one.encounter_id in times:
            admitted, discharged = times[one.encounter_id]
            rank = rank_finding(told[one.id], one.rank, admitted, discharged, now)
            ranks[one.encounter_id].append(rank)
    nothing = Rank(0.0, ("nothing is open",))
    ranked = [
        _Ranked(identifier, max(known, key=lambda rank: rank.score, default=nothing))
        for identifier, known in ranks.items()
    ]
    ranked.sort(key=lambda one: (-one.rank.score, one.encounter_id))
    return ranked


def _read_lines(
    desk: Desk, session: Session, actor: Actor, ranked: Sequence[_Ranked], now: datetime
) -> list[Line]:
    """Return the lines of encounters, in the order given."""
    identifiers = [one.encounter_id for one in ranked]
    rows = encounters_by_id(session, identifiers)
    patients = patients_by_id(session, {row.patient_id for row in rows.values() if row.patient_id})
    heads = finding_heads(session, identifiers)
    told = desk.references.read_findings(
        session, [head for head in heads if head.state is FindingState.OPEN]
    )
    findings: dict[str, list[FindingRow]] = {identifier: [] for identifier in identifiers}
    for head in heads:
        findings[head.encounter_id].append(head)
    snoozes = snoozes_of(session, [head.id for head in heads])
    owners = assignments_of(session, identifiers)
    looks = looks_of(session, actor.id, identifiers)
    since = {identifier: look.looked_at for identifier, look in looks.items()}
    news = read_news(session, since, findings)
    resolved = _resolved(session, heads, now)
    return [
        Line(
            row=rows[identifier],
            encounter=from_json(Encounter, rows[identifier].content),
            patient=patients.get(rows[identifier].patient_id or ""),
            findings=tuple(findings[identifier]),
            told=told,
            asleep=find_asleep(findings[identifier], snoozes, now),
            owner_id=owners[identifier].user_id if identifier in owners else "",
            look=looks.get(identifier),
            news=news.get(identifier, News()),
            rank=rank,
            resolved=tuple(
                one.condition
                for one in findings[identifier]
                if one.state is FindingState.RESOLVED and identifier in resolved
            ),
        )
        for identifier, rank in ranked
    ]


def _heap(actor: Actor, wanted: Wanted) -> Heap:
    """Return the heap that a filter shows."""
    of_findings = Narrowing(
        condition=wanted.condition,
        service=wanted.service,
        owner_id=actor.id if wanted.view is View.MINE else "",
        unassigned=wanted.view is View.UNASSIGNED,
        snoozed=wanted.view is View.SNOOZED,
    )
    states = _STATES.get(wanted.view)
    if states is None:
        return Heap(of_findings)
    return Heap(of_findings if wanted.service or wanted.condition else None, states)


def _choose(
    session: Session, actor: Actor, facility_id: str, wanted: Wanted, now: datetime
) -> list[str]:
    """Return the encounters to show: of a heap, narrowed, or of all heaps when searching."""
    if wanted.words:
        return _search(session, actor, facility_id, wanted.words, now)
    chosen = encounters_in(session, facility_id, now, _heap(actor, wanted))
    if not (wanted.service or wanted.condition) and wanted.view in (View.OPEN, View.MINE):
        quiet = encounters_resolved_since(session, facility_id, now - STAYS_RESOLVED)
        if wanted.view is View.MINE:
            owned = assignments_of(session, quiet)
            quiet = [i for i in quiet if i in owned and owned[i].user_id == actor.id]
        chosen = list(dict.fromkeys([*chosen, *quiet]))
    return chosen[: _MOST * 2]


def _search(
    session: Session, actor: Actor, facility_id: str, words: str, now: datetime
) -> list[str]:
    """Return the encounters on any heap with every word in a name, number, unit or condition."""
    heaps = [_heap(actor, Wanted(view)) for view in View]
    known = {
        name: None for heap in heaps for name in encounters_in(session, facility_id, now, heap)
    }
    rows = encounters_by_id(session, known)
    patients = patients_by_id(session, {row.patient_id for row in rows.values() if row.patient_id})
    conditions = conditions_of(session, rows)
    return [
        row.id
        for row in rows.values()
        if _matches(row, patients.get(row.patient_id or ""), conditions.get(row.id, ()), words)
    ]


def _resolved(session: Session, heads: Sequence[FindingRow], now: datetime) -> set[str]:
    """Return the encounters of which a finding resolved itself not long ago."""
    places = {head.facility_id for head in heads if head.state is FindingState.RESOLVED}
    resolved: set[str] = set()
    for facility_id in places:
        resolved.update(encounters_resolved_since(session, facility_id, now - STAYS_RESOLVED))
    return resolved


def find_asleep(
    findings: Sequence[FindingRow], snoozes: Mapping[str, SnoozeRow], now: datetime
) -> frozenset[str]:
    """Return the findings that are snoozed: not past their time, and unchanged since."""
    return frozenset(
        row.id
        for row in findings
        if row.id in snoozes
        and snoozes[row.id].until > now
        and snoozes[row.id].content_hash == row.content_hash
    )


def _matches(
    row: EncounterRow, patient: PatientRow | None, conditions: Collection[str], words: str
) -> bool:
    """Tell whether every word is in name, numbers, unit or conditions of an encounter."""
    name = f"{patient.name} {patient.number}" if patient else ""
    told = " ".join(conditions).replace("_", " ")
    text = f"{name} {row.number} {from_json(Encounter, row.content).unit} {told}".lower()
    return all(word in text for word in words.lower().split())
