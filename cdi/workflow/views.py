"""Reading the desk: lists and single things as plain records, each look an event."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from cdi.domain.actor import Actor, StaffRole
from cdi.domain.finding import Finding
from cdi.domain.letter import Letter
from cdi.domain.query import CoderStatus, FindingState, QueryState, allowed_verbs
from cdi.errors import NotFound
from cdi.storage import Session
from cdi.storage.findings import findings_by_id, to_finding
from cdi.storage.pages import (
    Page,
    diagnoses_page,
    events_page,
    findings_page,
    queries_page,
    query_events,
)
from cdi.storage.queries import diagnoses_of, find_diagnosis, find_letter, find_response, to_letter
from cdi.storage.tables import DiagnosisRow, EventRow, FindingRow, QueryRow
from cdi.workflow.desk import Desk, Receipt, note_event
from cdi.workflow.moves import take_query
from cdi.workflow.permissions import reach, require

_View = TypeVar("_View")


@dataclass(frozen=True, slots=True)
class Listing(Generic[_View]):
    """A page of a list; ``following`` is the cursor of the next one, None on the last."""

    items: tuple[_View, ...]
    following: str | None


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding on the desk. What it may be worth stays in the store."""

    id: str
    facility_id: str
    encounter_id: str
    state: FindingState
    version: int
    raised_at: datetime
    seen_at: datetime
    finding: Finding


@dataclass(frozen=True, slots=True)
class QueryView:
    """A query as lists show it."""

    id: str
    facility_id: str
    encounter_id: str
    state: QueryState
    version: int
    channel: str
    priority: str
    recipient_id: str | None
    owner_id: str
    conditions: tuple[str, ...]
    verbs: tuple[str, ...]
    created_at: datetime
    sent_at: datetime | None
    due_at: datetime | None
    answered_at: datetime | None
    end_reason: str


@dataclass(frozen=True, slots=True)
class EventView:
    """One line of the audit trail."""

    number: int
    at: datetime
    actor_id: str
    verb: str
    subject: str
    subject_id: str
    facility_id: str | None
    encounter_id: str | None
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class DiagnosisView:
    """A clarified diagnosis for the coder, with where it came from."""

    id: str
    facility_id: str
    encounter_id: str
    query_id: str
    condition: str
    wording: str
    outcome: str
    status: CoderStatus
    version: int
    proposals: tuple[dict[str, Any], ...]
    code: str | None
    poa: str | None
    remark: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class QueryDetail:
    """A query with its letter as it stands, what is wrong with it, its answer and history."""

    query: QueryView
    letter: Letter
    pack_version: str
    violations: tuple[dict[str, str], ...]
    addendum: str
    answered_by: str
    diagnoses: tuple[DiagnosisView, ...]
    history: tuple[EventView, ...]


def list_findings(
    desk: Desk,
    actor: Actor,
    *,
    state: FindingState = FindingState.OPEN,
    condition: str = "",
    cursor: str | None = None,
    limit: int = 50,
) -> Listing[FindingView]:
    """Return the worklist of the actor's facilities, most important first."""
    verb = "finding.list"
    places = reach(actor, verb)
    with desk.store.writing() as session:
        page = findings_page(
            session, places, state=state, condition=condition, cursor=cursor, limit=limit
        )
        _note_list(desk, session, actor, verb, page.rows)
        return Listing(tuple(map(_finding, page.rows)), page.following)


def list_queries(
    desk: Desk,
    actor: Actor,
    *,
    states: Collection[QueryState],
    encounter_id: str = "",
    mine: bool = False,
    cursor: str | None = None,
    limit: int = 50,
) -> Listing[QueryView]:
    """Return queries, newest first; physicians see those they are asked, whatever they ask for."""
    verb = "query.list"
    places = reach(actor, verb)
    only_physician = not actor.facilities(*_STAFF) & places
    with desk.store.writing() as session:
        page = queries_page(
            session,
            places,
            states=states,
            recipient_id=actor.id if only_physician else "",
            owner_id=actor.id if mine and not only_physician else "",
            encounter_id=encounter_id,
            cursor=cursor,
            limit=limit,
        )
        _note_list(desk, session, actor, verb, page.rows)
        return Listing(tuple(map(_query, page.rows)), page.following)


def read_query(desk: Desk, actor: Actor, query_id: str) -> QueryDetail:
    """Return everything of a query that the actor may see.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    verb = "query.read"
    with desk.store.writing() as session:
        row = take_query(session, actor, query_id, verb, desk.now())
        letter, response = find_letter(session, row), find_response(session, row.id)
        detail = QueryDetail(
            query=_query(row),
            letter=to_letter(letter),
            pack_version=letter.pack_version,
            violations=tuple(letter.violations),
            addendum=response.addendum if response else "",
            answered_by=response.answered_by if response else "",
            diagnoses=tuple(map(_diagnosis, diagnoses_of(session, row.id))),
            history=tuple(map(_event, query_events(session, row.id))),
        )
        receipt = Receipt("query", row.id, row.version, row.state.value)
        note_event(desk, session, actor, verb, receipt, row.facility_id, row.encounter_id)
    return detail


def read_finding(desk: Desk, actor: Actor, finding_id: str) -> FindingView:
    """Return one finding.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    verb = "finding.list"
    with desk.store.writing() as session:
        row = next(iter(findings_by_id(session, [finding_id])), None)
        if row is None:
            raise NotFound("there is no such thing")
        require(actor, verb, row.facility_id, row.encounter_id)
        _note_list(desk, session, actor, verb, [row])
        return _finding(row)


def list_diagnoses(
    desk: Desk,
    actor: Actor,
    *,
    statuses: Collection[CoderStatus],
    cursor: str | None = None,
    limit: int = 50,
) -> Listing[DiagnosisView]:
    """Return the coder's worklist, oldest first."""
    verb = "diagnosis.list"
    places = reach(actor, verb)
    with desk.store.writing() as session:
        page = diagnoses_page(session, places, statuses=statuses, cursor=cursor, limit=limit)
        _note_list(desk, session, actor, verb, page.rows)
        return Listing(tuple(map(_diagnosis, page.rows)), page.following)


def read_diagnosis(desk: Desk, actor: Actor, diagnosis_id: str) -> DiagnosisView:
    """Return one clarified diagnosis.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    verb = "diagnosis.list"
    with desk.store.writing() as session:
        row = find_diagnosis(session, diagnosis_id)
        if row is None:
            raise NotFound("there is no such thing")
        require(actor, verb, row.facility_id, row.encounter_id)
        _note_list(desk, session, actor, verb, [row])
        return _diagnosis(row)


def search_events(
    desk: Desk,
    actor: Actor,
    *,
    subject_id: str = "",
    encounter_id: str = "",
    actor_id: str = "",
    verb: str = "",
    since: datetime | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Listing[EventView]:
    """Return lines of the audit trail, newest first; looking is itself a line."""
    permission = "audit.read"
    places = reach(actor, permission)
    with desk.store.writing() as session:
        page: Page[EventRow] = events_page(
            session,
            places,
            subject_id=subject_id,
            encounter_id=encounter_id,
            actor_id=actor_id,
            verb=verb,
            since=since,
            cursor=cursor,
            limit=limit,
        )
        found = Listing(tuple(map(_event, page.rows)), page.following)
        receipt = Receipt("audit", actor.id)
        note_event(
            desk, session, actor, permission, receipt, min(places), None, rows=len(found.items)
        )
    return found


# Who sees the queries of a whole facility; physicians see their own.
_STAFF = (StaffRole.SPECIALIST, StaffRole.MANAGER, StaffRole.CODER, StaffRole.AUDITOR)


def _note_list(
    desk: Desk,
    session: Session,
    actor: Actor,
    verb: str,
    rows: Sequence[FindingRow | QueryRow | DiagnosisRow],
) -> None:
    """Write one event for each facility of which something was shown."""
    shown: dict[str, list[str]] = {}
    for row in rows:
        shown.setdefault(row.facility_id, []).append(row.id)
    for place, identifiers in sorted(shown.items()):
        note_event(
            desk, session, actor, verb, Receipt("list", actor.id), place, None, shown=identifiers
        )


def _finding(row: FindingRow) -> FindingView:
    return FindingView(
        row.id,
        row.facility_id,
        row.encounter_id,
        row.state,
        row.version,
        row.raised_at,
        row.seen_at,
        to_finding(row),
    )


def _query(row: QueryRow) -> QueryView:
    return QueryView(
        id=row.id,
        facility_id=row.facility_id,
        encounter_id=row.encounter_id,
        state=row.state,
        version=row.version,
        channel=row.channel.value,
        priority=row.priority.value,
        recipient_id=row.recipient_id,
        owner_id=row.owner_id,
        conditions=_unique(question.condition for question in row.questions),
        verbs=tuple(verb.value for verb in allowed_verbs(row.state)),
        created_at=row.created_at,
        sent_at=row.sent_at,
        due_at=row.due_at,
        answered_at=row.answered_at,
        end_reason=row.end_reason,
    )


def _diagnosis(row: DiagnosisRow) -> DiagnosisView:
    return DiagnosisView(
        id=row.id,
        facility_id=row.facility_id,
        encounter_id=row.encounter_id,
        query_id=row.query_id,
        condition=row.condition,
        wording=row.wording,
        outcome=row.outcome.value,
        status=row.status,
        version=row.version,
        proposals=tuple(row.proposals),
        code=row.code or None,
        poa=row.poa.value if row.poa else None,
        remark=row.remark,
        created_at=row.created_at,
    )


def _event(row: EventRow) -> EventView:
    return EventView(
        row.number,
        row.at,
        row.actor_id,
        row.verb,
        row.subject,
        row.subject_id,
        row.facility_id,
        row.encounter_id,
        json.loads(row.detail),
    )


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
