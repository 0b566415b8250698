"""The specialist's list: which encounters are on it, and what people keep beside the record."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    Select,
    and_,
    false,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from cdi.domain.query import FindingChange, FindingState, QueryState
from cdi.storage.tables import (
    AssignmentRow,
    EncounterRow,
    FindingHistoryRow,
    FindingRow,
    LookRow,
    NoteRow,
    ObservationRow,
    PatientRow,
    QueryRow,
    SavedFilterRow,
    SnoozeRow,
)

# Findings looked through for one list, most important first; the rest waits for its turn. A heap of
# which this many were found may hold more.
_MOST_FINDINGS = 600
# In the words of the indexes of what is open.
_OPEN: ColumnClause[str] = literal_column(f"'{FindingState.OPEN}'")


class Heap(NamedTuple):
    """Encounters in their order; ``is_whole`` is False if there are more than were looked for."""

    encounter_ids: list[str]
    is_whole: bool


class Narrowing(NamedTuple):
    """Which open findings make a heap.

    Attributes:
        condition: only findings of it, "" for all.
        service: only encounters of it, "" for all.
        owner_id: only those assigned to this user, "" for all.
        unassigned: only those assigned to nobody.
        snoozed: those with snoozed findings, instead of those with others.
    """

    condition: str = ""
    service: str = ""
    owner_id: str = ""
    unassigned: bool = False
    snoozed: bool = False


def encounters_with_findings(
    session: Session, facility_id: str, now: datetime, narrowings: Collection[Narrowing]
) -> dict[Narrowing, Heap]:
    """Return heaps of encounters with open findings, that with the most important finding first.

    All heaps are found by one statement, however many they are; ``now`` decides what is snoozed.
    """
    wanted = list(dict.fromkeys(narrowings))
    parts = []
    for number, narrowing in enumerate(wanted):
        part = _open_findings(facility_id, now, narrowing).subquery()
        parts.append(
            select(literal(number).label("heap"), part.c.rank, part.c.id, part.c.encounter_id)
        )
    found: list[list[tuple[float, str, str]]] = [[] for _ in wanted]
    for number, rank, identifier, encounter_id in session.execute(union_all(*parts)):
        found[number].append((rank, identifier, encounter_id))
    # What a union returns has no order.
    return {
        narrowing: _heap([encounter_id for _, _, encounter_id in sorted(rows, reverse=True)])
        for narrowing, rows in zip(wanted, found, strict=True)
    }


def _open_findings(
    facility_id: str, now: datetime, narrowing: Narrowing
) -> Select[float, str, str]:
    slept = aliased(FindingRow)
    # Nothing but the index of what is open is read; what is asleep is looked for by itself.
    asleep = (
        select(SnoozeRow.finding_id)
        .join(slept, slept.id == SnoozeRow.finding_id)
        .where(SnoozeRow.facility_id == facility_id, SnoozeRow.until > now)
        .where(SnoozeRow.content_hash == slept.content_hash)
    )
    statement = select(FindingRow.rank, FindingRow.id, FindingRow.encounter_id).where(
        FindingRow.facility_id == facility_id,
        FindingRow.state == _OPEN,
        FindingRow.id.in_(asleep) if narrowing.snoozed else FindingRow.id.not_in(asleep),
    )
    if narrowing.condition:
        statement = statement.where(FindingRow.condition == narrowing.condition)
    if narrowing.service:
        of_service = select(EncounterRow.id).where(
            EncounterRow.facility_id == facility_id, EncounterRow.service == narrowing.service
        )
        statement = statement.where(FindingRow.encounter_id.in_(of_service))
    owned = select(AssignmentRow.encounter_id).where(AssignmentRow.facility_id == facility_id)
    if narrowing.unassigned:
        statement = statement.where(FindingRow.encounter_id.not_in(owned))
    elif narrowing.owner_id:
        owned = owned.where(AssignmentRow.user_id == narrowing.owner_id)
        statement = statement.where(FindingRow.encounter_id.in_(owned))
    statement = statement.order_by(FindingRow.rank.desc(), FindingRow.id.desc())
    return statement.limit(_MOST_FINDINGS)


def encounters_with_queries(
    session: Session, facility_id: str, states: Collection[QueryState]
) -> Heap:
    """Return encounters with queries in some states, the newest query first."""
    statement = (
        select(QueryRow.encounter_id)
        .where(QueryRow.facility_id == facility_id, QueryRow.state.in_(states))
        .order_by(QueryRow.id.desc())
        .limit(_MOST_FINDINGS)
    )
    return _heap(session.scalars(statement).all())


def encounters_resolved_since(session: Session, facility_id: str, since: datetime) -> list[str]:
    """Return encounters of which a finding resolved itself since a moment, the latest first."""
    statement = (
        select(FindingRow.encounter_id)
        .join(FindingHistoryRow, FindingHistoryRow.finding_id == FindingRow.id)
        .where(
            FindingHistoryRow.change == FindingChange.RESOLVED,
            FindingHistoryRow.at > since,
            FindingRow.facility_id == facility_id,
            FindingRow.state == FindingState.RESOLVED,
        )
        .order_by(FindingHistoryRow.id.desc())
        .limit(_MOST_FINDINGS)
    )
    return list(dict.fromkeys(session.scalars(statement)))


def encounters_by_id(session: Session, identifiers: Collection[str]) -> dict[str, EncounterRow]:
    """Return encounters by id."""
    rows = session.scalars(select(EncounterRow).where(EncounterRow.id.in_(identifiers)))
    return {row.id: row for row in rows}


def patients_by_id(session: Session, identifiers: Collection[str]) -> dict[str, PatientRow]:
    """Return patients by id."""
    rows = session.scalars(select(PatientRow).where(PatientRow.id.in_(identifiers)))
    return {row.id: row for row in rows}


def findings_of(session: Session, encounter_ids: Collection[str]) -> dict[str, list[FindingRow]]:
    """Return the findings of encounters, most important first."""
    statement = select(FindingRow).where(FindingRow.encounter_id.in_(encounter_ids))
    found: dict[str, list[FindingRow]] = {}
    for row in session.scalars(statement.order_by(FindingRow.rank.desc(), FindingRow.id)):
        found.setdefault(row.encounter_id, []).append(row)
    return found


def assignments_of(session: Session, encounter_ids: Collection[str]) -> dict[str, AssignmentRow]:
    """Return who works which of these encounters."""
    statement = select(AssignmentRow).where(AssignmentRow.encounter_id.in_(encounter_ids))
    return {row.encounter_id: row for row in session.scalars(statement)}


def looks_of(session: Session, user_id: str, encounter_ids: Collection[str]) -> dict[str, LookRow]:
    """Return the looks of a user at these encounters."""
    statement = select(LookRow).where(
        LookRow.user_id == user_id, LookRow.encounter_id.in_(encounter_ids)
    )
    return {row.encounter_id: row for row in session.scalars(statement)}


def snoozes_of(session: Session, finding_ids: Collection[str]) -> dict[str, SnoozeRow]:
    """Return what is noted of snoozing these findings, past or not."""
    statement = select(SnoozeRow).where(SnoozeRow.finding_id.in_(finding_ids))
    return {row.finding_id: row for row in session.scalars(statement)}


def saved_filters(session: Session, user_id: str) -> list[SavedFilterRow]:
    """Return the filters a user has saved, by name."""
    statement = select(SavedFilterRow).where(SavedFilterRow.user_id == user_id)
    return list(session.scalars(statement.order_by(SavedFilterRow.name)))


def open_services(session: Session, facility_id: str, now: datetime) -> list[str]:
    """Return the services of encounters with open findings, by name."""
    found = _open_findings(facility_id, now, Narrowing()).subquery()
    statement = select(EncounterRow.service).where(
        EncounterRow.id.in_(select(found.c.encounter_id)), EncounterRow.service != ""
    )
    return list(session.scalars(statement.distinct().order_by(EncounterRow.service)))


def notes_since_of(session: Session, since: Mapping[str, datetime]) -> list[NoteRow]:
    """Return the current notes received after a moment, by encounter."""
    statement = select(NoteRow).where(NoteRow.superseded_at.is_(None))
    return list(session.scalars(statement.where(_received_since(NoteRow, since))))


def values_since_of(session: Session, since: Mapping[str, datetime]) -> list[ObservationRow]:
    """Return the values received after a moment, by encounter."""
    statement = select(ObservationRow).where(_received_since(ObservationRow, since))
    return list(session.scalars(statement.order_by(ObservationRow.observed_at)))


def values_named(
    session: Session, encounter_ids: Collection[str], analytes: Collection[str]
) -> list[ObservationRow]:
    """Return all values of some analytes of some encounters, oldest first."""
    statement = select(ObservationRow).where(
        ObservationRow.encounter_id.in_(encounter_ids), ObservationRow.analyte.in_(analytes)
    )
    return list(session.scalars(statement.order_by(ObservationRow.observed_at)))


def histories_of(
    session: Session, findings: Collection[FindingRow], since: datetime
) -> dict[str, list[FindingHistoryRow]]:
    """Return the histories, oldest first, of those findings that moved after a moment."""
    identifiers = [row.id for row in findings]
    moved = select(FindingHistoryRow.finding_id).where(
        FindingHistoryRow.finding_id.in_(identifiers), FindingHistoryRow.at > since
    )
    statement = select(FindingHistoryRow).where(FindingHistoryRow.finding_id.in_(moved))
    found: dict[str, list[FindingHistoryRow]] = {}
    for row in session.scalars(statement.order_by(FindingHistoryRow.id)):
        found.setdefault(row.finding_id, []).append(row)
    return found


def _heap(found: Sequence[str]) -> Heap:
    return Heap(list(dict.fromkeys(found)), len(found) < _MOST_FINDINGS)


def _received_since(
    table: type[NoteRow] | type[ObservationRow], since: Mapping[str, datetime]
) -> ColumnElement[bool]:
    """Return the condition of rows received after the moment of their encounter."""
    wanted = [
        and_(table.encounter_id == identifier, table.received_at > moment)
        for identifier, moment in since.items()
    ]
    return or_(*wanted) if wanted else false()
