"""More looks at the desk: queries, clarified diagnoses, the audit trail; each look an event."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from cdi.domain.actor import Actor, StaffRole
from cdi.domain.query import CoderStatus, QueryState
from cdi.storage.audit import events_after, export_line
from cdi.storage.pages import Page, diagnoses_page, events_page, queries_page
from cdi.storage.tables import DiagnosisRow, EventRow, FindingRow, QueryRow
from cdi.workflow.charts import note_list
from cdi.workflow.desk import Desk, Receipt, note_event
from cdi.workflow.permissions import reach
from cdi.workflow.permitted import take_diagnosis, take_finding

# Who sees the queries of a whole facility; physicians see their own.
_STAFF = (StaffRole.SPECIALIST, StaffRole.MANAGER, StaffRole.CODER, StaffRole.AUDITOR)


def open_queries(
    desk: Desk,
    actor: Actor,
    *,
    states: Collection[QueryState],
    encounter_id: str = "",
    mine: bool = False,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[QueryRow]:
    """Return queries, newest first; physicians get those they are asked.

    Raises:
        NotAllowed: the actor works no such list anywhere.
        InputError: the cursor is not one of this list.
    """
    verb = "query.list"
    places = reach(actor, verb)
    staff = bool(actor.facilities(*_STAFF) & places)
    with desk.store.looking() as session:
        page = queries_page(
            session,
            places,
            states=states,
            recipient_id="" if staff else actor.id,
            owner_id=actor.id if mine and staff else "",
            encounter_id=encounter_id,
            cursor=cursor,
            limit=limit,
        )
        note_list(desk, session, actor, verb, page.rows)
    return page


def open_finding(desk: Desk, actor: Actor, finding_id: str) -> FindingRow:
    """Return one finding.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    verb = "finding.list"
    with desk.store.looking() as session:
        row = take_finding(session, actor, finding_id, verb)
        note_list(desk, session, actor, verb, (row,))
    return row


def open_diagnoses(
    desk: Desk,
    actor: Actor,
    *,
    statuses: Collection[CoderStatus],
    cursor: str | None = None,
    limit: int = 50,
) -> Page[DiagnosisRow]:
    """Return the coder's worklist, oldest first.

    Raises:
        NotAllowed: the actor works no such list anywhere.
        InputError: the cursor is not one of this list.
    """
    verb = "diagnosis.list"
    places = reach(actor, verb)
    with desk.store.looking() as session:
        page = diagnoses_page(session, places, statuses=statuses, cursor=cursor, limit=limit)
        note_list(desk, session, actor, verb, page.rows)
    return page


def open_diagnosis(desk: Desk, actor: Actor, diagnosis_id: str) -> DiagnosisRow:
    """Return one clarified diagnosis.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    verb = "diagnosis.list"
    with desk.store.looking() as session:
        row = take_diagnosis(session, actor, diagnosis_id, verb)
        note_list(desk, session, actor, verb, (row,))
    return row


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
) -> Page[EventRow]:
    """Return lines of the audit trail, newest first; looking is itself a line.

    Raises:
        NotAllowed: the actor audits nothing anywhere.
        InputError: the cursor is not one of this list.
    """
    permission = "audit.read"
    places = reach(actor, permission)
    with desk.store.looking() as session:
        page = events_page(
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
        for place in sorted(places):
            receipt = Receipt("facility", place)
            note_event(desk, session, actor, permission, receipt, place, None, rows=len(page.rows))
    return page


def export_events(
    desk: Desk, actor: Actor, *, after: int = 0, limit: int = 1_000
) -> tuple[list[str], int]:
    """Return events of one's facilities as lines of JSON, oldest first, and the last number.

    Each line carries its link of the chain. That they were taken along is itself a line.

    Raises:
        NotAllowed: the actor audits nothing anywhere.
    """
    verb = "audit.export"
    places = reach(actor, verb)
    with desk.store.looking() as session:
        rows = events_after(session, places, after, limit)
        last = rows[-1].number if rows else after
        for place in sorted(places):
            receipt = Receipt("facility", place)
            note_event(desk, session, actor, verb, receipt, place, None, after=after, last=last)
        return [export_line(row) for row in rows], last
