"""Looking: what is read of a patient is an event, written before it is shown."""

from __future__ import annotations

from dataclasses import dataclass

from cdi.domain.actor import Actor
from cdi.domain.encounter import Encounter
from cdi.domain.letter import Letter
from cdi.domain.query import FindingState, QueryState
from cdi.storage import Session
from cdi.storage.findings import finding_heads
from cdi.storage.pages import Page, findings_page, queries_page, query_events
from cdi.storage.queries import (
    diagnoses_of,
    find_letter,
    find_response,
    queries_of_encounter,
    to_letter,
)
from cdi.storage.tables import (
    DiagnosisRow,
    EncounterRow,
    EventRow,
    FindingRow,
    LetterRow,
    QueryRow,
    ResponseRow,
)
from cdi.workflow.desk import Desk, Receipt, note_event
from cdi.workflow.moves import take_query
from cdi.workflow.permissions import reach
from cdi.workflow.permitted import take_encounter
from cdi.workflow.trail import note_query

READ = "encounter.read"


@dataclass(frozen=True, slots=True)
class Chart:
    """An encounter with its findings, without their content, and its queries."""

    row: EncounterRow
    encounter: Encounter
    findings: tuple[FindingRow, ...]
    queries: tuple[QueryRow, ...]


@dataclass(frozen=True, slots=True)
class QueryFile:
    """A query with all that belongs to it: what an auditor asks for."""

    query: QueryRow
    letter: Letter
    version: LetterRow
    response: ResponseRow | None
    diagnoses: tuple[DiagnosisRow, ...]
    events: tuple[EventRow, ...]


def open_chart(desk: Desk, actor: Actor, encounter_id: str) -> Chart:
    """Return an encounter with its findings and queries; that it was seen is an event.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    with desk.store.looking() as session:
        return read_chart(desk, session, actor, encounter_id)


def read_chart(desk: Desk, session: Session, actor: Actor, encounter_id: str) -> Chart:
    """Return a chart within an open transaction, and note in it that it was seen.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    row = take_encounter(session, actor, encounter_id, READ)
    chart = Chart(
        row,
        desk.references.read_chart(session, row),
        tuple(finding_heads(session, [row.id])),
        tuple(queries_of_encounter(session, row.id)),
    )
    receipt = Receipt("encounter", row.id, row.version)
    note_event(desk, session, actor, READ, receipt, row.facility_id, row.id)
    return chart


def open_query(desk: Desk, actor: Actor, query_id: str) -> QueryFile:
    """Return a query with its letter, answer, diagnoses and history; an event, as any look.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    with desk.store.looking() as session:
        query = take_query(session, actor, query_id, "query.read", desk.now(), lock=False)
        file = _read_file(session, query)
        note_query(desk, session, actor, "query.read", query, file.version)
    return file


def open_worklist(
    desk: Desk,
    actor: Actor,
    *,
    state: FindingState = FindingState.OPEN,
    condition: str = "",
    cursor: str | None = None,
    limit: int = 50,
) -> Page[FindingRow]:
    """Return a page of findings, most important first, and note whose were seen.

    Raises:
        NotAllowed: the actor works no such list anywhere.
        InputError: the cursor is not one of this list.
    """
    places = reach(actor, "finding.list")
    with desk.store.looking() as session:
        page = findings_page(
            session, places, state=state, condition=condition, cursor=cursor, limit=limit
        )
        note_list(desk, session, actor, "finding.list", page.rows)
    return page


def open_inbox(
    desk: Desk, actor: Actor, states: frozenset[QueryState], *, cursor: str | None = None
) -> Page[QueryRow]:
    """Return a page of the queries that a physician was sent, newest first, and note it.

    Raises:
        NotAllowed: the actor is no physician anywhere.
        InputError: the cursor is not one of this list.
    """
    places = reach(actor, "query.answer")
    with desk.store.looking() as session:
        page = queries_page(session, places, states=states, recipient_id=actor.id, cursor=cursor)
        note_list(desk, session, actor, "query.list", page.rows)
    return page


def _read_file(session: Session, query: QueryRow) -> QueryFile:
    version = find_letter(session, query)
    response = find_response(session, query.id)
    return QueryFile(
        query,
        to_letter(version),
        version,
        response,
        tuple(diagnoses_of(session, query.id)),
        tuple(query_events(session, query.id)),
    )


def note_list(
    desk: Desk,
    session: Session,
    actor: Actor,
    verb: str,
    rows: tuple[FindingRow, ...] | tuple[QueryRow, ...] | tuple[DiagnosisRow, ...],
) -> None:
    """Write one event for each facility on the page, with the encounters that were shown."""
    for facility_id in sorted({row.facility_id for row in rows}):
        shown = sorted({row.encounter_id for row in rows if row.facility_id == facility_id})
        receipt = Receipt("facility", facility_id)
        note_event(desk, session, actor, verb, receipt, facility_id, None, encounters=shown)
