"""Who works which encounter, what is put off, and what a specialist wants to see again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from cdi.domain.actor import Actor, StaffRole
from cdi.domain.query import FindingState
from cdi.errors import ConflictError, InputError, NotFound
from cdi.storage import Session
from cdi.storage.people import is_member
from cdi.storage.tables import (
    AssignmentRow,
    EncounterRow,
    FindingRow,
    LookRow,
    SavedFilterRow,
    SnoozeRow,
)
from cdi.storage.worklists import (
    assignments_of,
    encounters_by_id,
    looks_of,
    saved_filters,
    snoozes_of,
)
from cdi.workflow.desk import Desk, Receipt, note_event
from cdi.workflow.patients import Wanted, read_filters
from cdi.workflow.permissions import require
from cdi.workflow.permitted import take_finding

SITTING = timedelta(minutes=30)
"""Looks nearer to each other than this are one: what was new stays marked while one works."""
LONGEST_SNOOZE = timedelta(days=14)


def note_look(session: Session, actor: Actor, encounter_id: str, now: datetime) -> datetime | None:
    """Note that somebody looks at an encounter now; return when they did before, if ever.

    The event of the look is written by what shows the chart.
    """
    row = looks_of(session, actor.id, [encounter_id]).get(encounter_id)
    if row is None:
        row = LookRow(user_id=actor.id, encounter_id=encounter_id, looked_at=now)
        session.add(row)
    elif now - row.looked_at > SITTING:
        row.before_at = row.looked_at
    row.looked_at = now
    return row.before_at


def assign_encounters(
    desk: Desk, actor: Actor, encounter_ids: Sequence[str], user_id: str
) -> list[Receipt]:
    """Give encounters to somebody to work on, or to nobody; all of them or none.

    Args:
        desk: where.
        actor: a specialist or manager.
        encounter_ids: which.
        user_id: a specialist or manager of the facility; "" takes the encounters back.

    Raises:
        InputError: nothing is chosen, or the user does no such work there.
        NotFound, NotAllowed: as the permissions say.
    """
    verb = "encounter.assign"
    if not encounter_ids:
        raise InputError("choose at least one encounter", field="encounters")
    receipts = []
    with desk.store.writing() as session:
        rows = encounters_by_id(session, encounter_ids)
        held = assignments_of(session, encounter_ids)
        for identifier in dict.fromkeys(encounter_ids):
            row = rows.get(identifier)
            if row is None:
                raise NotFound("there is no such thing")
            require(actor, verb, row.facility_id, row.id)
            if user_id and not any(
                is_member(session, user_id, row.facility_id, role)
                for role in (StaffRole.SPECIALIST, StaffRole.MANAGER)
            ):
                raise InputError("not a specialist of this facility", field="owner")
            before = held.get(identifier)
            receipt = Receipt("encounter", row.id, row.version, "assigned" if user_id else "free")
            if before is not None:
                session.delete(before)
                session.flush()
            if user_id:
                session.add(_assignment(row, user_id, actor, desk.now()))
            detail = {"before": before.user_id if before else "", "owner": user_id}
            note_event(desk, session, actor, verb, receipt, row.facility_id, row.id, **detail)
            receipts.append(receipt)
    return receipts


def snooze_finding(
    desk: Desk, actor: Actor, finding_id: str, version: int, until: datetime
) -> Receipt:
    """Put a finding off until a moment; it comes back sooner if it changes.

    Raises:
        InputError: the moment is past, or too far away.
        ConflictError: the finding changed since it was seen, or is not open.
    """
    verb = "finding.snooze"
    now = desk.now()
    if not now < until <= now + LONGEST_SNOOZE:
        raise InputError(f"choose a time within {LONGEST_SNOOZE.days} days", field="until")
    with desk.store.writing() as session:
        row = take_finding(session, actor, finding_id, verb, lock=True)
        _make_sure_open(row, version)
        kept = snoozes_of(session, [row.id]).get(row.id)
        if kept is None:
            kept = SnoozeRow(finding_id=row.id, facility_id=row.facility_id)
            session.add(kept)
        kept.until, kept.content_hash, kept.snoozed_by = until, row.content_hash, actor.id
        receipt = Receipt("finding", row.id, row.version, "snoozed")
        facility_id, encounter_id = row.facility_id, row.encounter_id
        detail = {"until": until.isoformat()}
        note_event(desk, session, actor, verb, receipt, facility_id, encounter_id, **detail)
    return receipt


def save_filter(desk: Desk, actor: Actor, name: str, wanted: Wanted) -> None:
    """Keep a filter under a name, in place of one of the same name. Words searched are not kept.

    Raises:
        InputError: there is no name.
    """
    name = " ".join(name.split())[:60]
    if not name:
        raise InputError("a name is needed", field="name")
    content = {key: value for key, value in asdict(wanted).items() if key != "words"}
    with desk.store.writing() as session:
        known = {row.name: row for row in saved_filters(session, actor.id)}
        if name in known:
            known[name].content = content
        else:
            session.add(SavedFilterRow(user_id=actor.id, name=name, content=content))


def drop_filter(desk: Desk, actor: Actor, identifier: str) -> None:
    """Forget a filter of one's own; one that is gone already is no error."""
    with desk.store.writing() as session:
        for row in saved_filters(session, actor.id):
            if row.id == identifier:
                session.delete(row)


def filters_of(desk: Desk, actor: Actor) -> dict[str, tuple[str, Wanted]]:
    """Return the filters of an actor: name and filter by id, in the order of names."""
    with desk.store.reading() as session:
        return read_filters(session, actor)


def _make_sure_open(row: FindingRow, version: int) -> None:
    if row.version != version or row.state is not FindingState.OPEN:
        raise ConflictError(
            f"finding {row.id} is {row.state} at version {row.version}", version=row.version
        )


def _assignment(row: EncounterRow, user_id: str, actor: Actor, now: datetime) -> AssignmentRow:
    return AssignmentRow(
        encounter_id=row.id,
        facility_id=row.facility_id,
        user_id=user_id,
        assigned_at=now,
        assigned_by=actor.id,
    )
