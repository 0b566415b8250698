"""The specialist's list: encounters with what is open in them, ranked, and what is new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from cdi.domain.actor import Actor
from cdi.domain.encounter import Encounter
from cdi.domain.query import AWAITING, UNSENT, FindingState, QueryState
from cdi.domain.rank import Rank, rank_finding
from cdi.storage import Session
from cdi.storage.findings import to_finding
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
    encounters_by_id,
    encounters_resolved_since,
    encounters_with_findings,
    encounters_with_queries,
    findings_of,
    looks_of,
    open_services,
    patients_by_id,
    saved_filters,
    snoozes_of,
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
    """An encounter on the list, with all that the line shows."""

    row: EncounterRow
    encounter: Encounter
    patient: PatientRow | None
    findings: tuple[FindingRow, ...]
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
        filters = [kept for _, kept in saved.values()]
        heaps, narrow = _heaps(session, actor, facility_id, [wanted, *filters], now)
        chosen = _choose(session, actor, facility_id, wanted, heaps, narrow, now)
        lines = read_lines(session, actor, chosen, now)
        services = open_services(session, facility_id, now)
        if wanted.words:
            lines = [line for line in lines if _matches(line, wanted.words)]
        lines.sort(key=lambda line: (-line.rank.score, line.row.id))
        shown = lines[:_MOST]
        receipt = Receipt("facility", facility_id)
        seen = sorted(line.row.id for line in shown)
        note_event(desk, session, actor, VERB, receipt, facility_id, None, encounters=seen)
    counts = {view: len(heap.encounter_ids) for view, heap in heaps.items()}
    capped = frozenset(view for view, heap in heaps.items() if not heap.is_whole)
    more = len(lines) - len(shown)
    counted = tuple(
        _count(identifier, name, kept, heaps, narrow) for identifier, (name, kept) in saved.items()
    )
    return PatientList(tuple(shown), counts, capped, more, tuple(services), counted)


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
    with desk.store.looking() as session:
        row = take_encounter(session, actor, encounter_id, VERB)
        (line,) = read_lines(session, actor, [encounter_id], desk.now())
        receipt = Receipt("facility", row.facility_id)
        note_event(desk, session, actor, VERB, receipt, row.facility_id, None, encounters=[row.id])
    return line


def read_lines(
    session: Session, actor: Actor, encounter_ids: Sequence[str], now: datetime
) -> list[Line]:
    """Return lines of encounters, in the order given."""
    rows = encounters_by_id(session, encounter_ids)
    patients = patients_by_id(session, {row.patient_id for row in rows.values() if row.patient_id})
    findings = findings_of(session, encounter_ids)
    snoozes = snoozes_of(session, [row.id for found in findings.values() for row in found])
    owners = assignments_of(session, encounter_ids)
    looks = looks_of(session, actor.id, encounter_ids)
    since = {identifier: look.looked_at for identifier, look in looks.items()}
    news = read_news(session, since, findings)
    resolved = _resolved(session, rows, now)
    return [
        Line(
            row=rows[identifier],
            encounter=from_json(Encounter, rows[identifier].content),
            patient=patients.get(rows[identifier].patient_id or ""),
            findings=tuple(findings.get(identifier, ())),
            asleep=find_asleep(findings.get(identifier, ()), snoozes, now),
            owner_id=owners[identifier].user_id if identifier in owners else "",
            look=looks.get(identifier),
            news=news.get(identifier, News()),
            rank=_rank(rows[identifier], findings.get(identifier, ()), now),
            resolved=tuple(
                row.condition
                for row in findings.get(identifier, ())
                if row.state is FindingState.RESOLVED and identifier in resolved
            ),
        )
        for identifier in encounter_ids
        if identifier in rows
    ]


def _heaps(
    session: Session, actor: Actor, facility_id: str, filters: Sequence[Wanted], now: datetime
) -> tuple[dict[View, Heap], dict[Narrowing, Heap]]:
    """Return the heaps of the desk, and those that narrow a heap to what filters want."""
    of_view = {
        View.OPEN: Narrowing(),
        View.MINE: Narrowing(owner_id=actor.id),
        View.UNASSIGNED: Narrowing(unassigned=True),
        View.SNOOZED: Narrowing(snoozed=True),
    }
    narrowings = [_narrowing(wanted) for wanted in filters if wanted.service or wanted.condition]
    found = encounters_with_findings(session, facility_id, now, [*of_view.values(), *narrowings])
    heaps = {view: found[narrowing] for view, narrowing in of_view.items()}
    for view, states in _STATES.items():
        heaps[view] = encounters_with_queries(session, facility_id, states)
    return heaps, found


def _narrowing(wanted: Wanted) -> Narrowing:
    snoozed = wanted.view is View.SNOOZED
    return Narrowing(condition=wanted.condition, service=wanted.service, snoozed=snoozed)


def _narrow(wanted: Wanted, heaps: Mapping[View, Heap], narrow: Mapping[Narrowing, Heap]) -> Heap:
    """Return a heap as far as a filter wants it."""
    heap = heaps[wanted.view]
    if not (wanted.service or wanted.condition):
        return heap
    within = narrow[_narrowing(wanted)]
    if wanted.view in (View.OPEN, View.SNOOZED):  # these are made of the same findings
        return within
    known = set(within.encounter_ids)
    kept = [identifier for identifier in heap.encounter_ids if identifier in known]
    return Heap(kept, heap.is_whole and within.is_whole)


def _count(
    identifier: str,
    name: str,
    wanted: Wanted,
    heaps: Mapping[View, Heap],
    narrow: Mapping[Narrowing, Heap],
) -> Saved:
    heap = _narrow(wanted, heaps, narrow)
    return Saved(identifier, name, wanted, len(heap.encounter_ids), not heap.is_whole)


def _choose(
    session: Session,
    actor: Actor,
    facility_id: str,
    wanted: Wanted,
    heaps: Mapping[View, Heap],
    narrow: Mapping[Narrowing, Heap],
    now: datetime,
) -> list[str]:
    """Return the encounters to show: of a heap, narrowed, or of all heaps when searching."""
    if wanted.words:
        return list(dict.fromkeys(name for heap in heaps.values() for name in heap.encounter_ids))
    chosen = _narrow(wanted, heaps, narrow).encounter_ids
    if not (wanted.service or wanted.condition) and wanted.view in (View.OPEN, View.MINE):
        quiet = encounters_resolved_since(session, facility_id, now - STAYS_RESOLVED)
        if wanted.view is View.MINE:
            owned = assignments_of(session, quiet)
            quiet = [i for i in quiet if i in owned and owned[i].user_id == actor.id]
        chosen = list(dict.fromkeys([*chosen, *quiet]))
    return chosen[: _MOST * 2]


def _resolved(session: Session, rows: Mapping[str, EncounterRow], now: datetime) -> set[str]:
    found: set[str] = set()
    for facility_id in {row.facility_id for row in rows.values()}:
        found.update(encounters_resolved_since(session, facility_id, now - STAYS_RESOLVED))
    return found


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


def _rank(row: EncounterRow, findings: Sequence[FindingRow], now: datetime) -> Rank:
    ranks = [
        rank_finding(to_finding(found), found.rank, row.admitted_at, row.discharged_at, now)
        for found in findings
        if found.state is FindingState.OPEN
    ]
    return max(ranks, key=lambda rank: rank.score, default=Rank(0.0, ("nothing is open",)))


def _matches(line: Line, words: str) -> bool:
    """Tell whether every word is in name, numbers, unit or conditions of a line."""
    name = f"{line.patient.name} {line.patient.number}" if line.patient else ""
    conditions = " ".join(row.condition.replace("_", " ") for row in line.findings)
    text = f"{name} {line.row.number} {line.encounter.unit} {conditions}".lower()
    return all(word in text for word in words.lower().split())
