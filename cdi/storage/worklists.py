"""The specialist's list: which encounters are on it, and what people keep beside the record."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import (
    CTE,
    ColumnClause,
    ColumnElement,
    Select,
    and_,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from cdi.domain.query import FindingChange, FindingState, QueryState
from cdi.storage.membership import among
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

# Findings or queries looked through for one heap, most important or newest first; the rest waits
# for its turn. A heap of which this many were found may hold more.
_MOST_FOUND = 600
# In the words of the indexes of what is open.
_OPEN: ColumnClause[str] = literal_column(f"'{FindingState.OPEN}'")


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


class Heap(NamedTuple):
    """What encounters make a heap: those with such findings, with queries in some states, or both.

    Attributes:
        findings: which open findings they have; None for any or none.
        states: in which states they have queries; none for any or none.
    """

    findings: Narrowing | None
    states: frozenset[QueryState] = frozenset()


class Size(NamedTuple):
    """How many encounters a heap has; ``is_whole`` is False if there may be more."""

    encounters: int
    is_whole: bool


def heap_sizes(
    session: Session, facility_id: str, now: datetime, heaps: Collection[Heap]
) -> dict[Heap, Size]:
    """Return how many encounters are in each heap, counted by one statement.

    ``now`` decides what is snoozed.
    """
    wanted = list(dict.fromkeys(heaps))
    looked: dict[Narrowing | frozenset[QueryState], CTE] = {}

    def look(kind: Narrowing | frozenset[QueryState]) -> CTE:
        if kind not in looked:
            statement = (
                _open_findings(facility_id, now, kind)
                if isinstance(kind, Narrowing)
                else _queries(facility_id, kind)
            )
            looked[kind] = statement.cte(f"looked_{len(looked)}")
        return looked[kind]

    parts = []
    for number, heap in enumerate(wanted):
        kinds = [kind for kind in (heap.states, heap.findings) if kind]
        found = [look(kind) for kind in kinds]
        encounters = select(found[0].c.encounter_id).distinct()
        for other in found[1:]:
            encounters = encounters.where(found[0].c.encounter_id.in_(select(other.c.encounter_id)))
        size = select(func.count()).select_from(encounters.subquery()).scalar_subquery()
        most = [select(func.count()).select_from(one).scalar_subquery() for one in found]
        parts.append(select(literal(number), size, most[0], most[-1]))
    return {
        wanted[number]: Size(size, max(most) < _MOST_FOUND)
        for number, size, *most in session.execute(union_all(*parts))
    }


def encounters_in(session: Session, facility_id: str, now: datetime, heap: Heap) -> list[str]:
    """Return the encounters of a heap.

    That with the most important finding comes first; if they have queries, that with the newest.
    """
    found = []
    if heap.states:
        queries = session.execute(_queries(facility_id, heap.states))
        found.append(dict.fromkeys(row.encounter_id for row in queries))
    if heap.findings:
        findings = session.execute(_open_findings(facility_id, now, heap.findings))
        found.append(dict.fromkeys(row.encounter_id for row in findings))
    return [one for one in found[0] if all(one in others for others in found[1:])]


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
    return statement.limit(_MOST_FOUND)


def _queries(facility_id: str, states: Collection[QueryState]) -> Select[str, str]:
    return (
        select(QueryRow.id, QueryRow.encounter_id)
        .where(QueryRow.facility_id == facility_id, QueryRow.state.in_(states))
        .order_by(QueryRow.id.desc())
        .limit(_MOST_FOUND)
    )


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
        .limit(_MOST_FOUND)
    )
    return list(dict.fromkeys(session.scalars(statement)))


def encounters_by_id(session: Session, identifiers: Collection[str]) -> dict[str, EncounterRow]:
    """Return encounters by id."""
    rows = session.scalars(select(EncounterRow).where(among(EncounterRow.id, identifiers)))
    return {row.id: row for row in rows}


def patients_by_id(session: Session, identifiers: Collection[str]) -> dict[str, PatientRow]:
    """Return patients by id."""
    rows = session.scalars(select(PatientRow).where(among(PatientRow.id, identifiers)))
    return {row.id: row for row in rows}


def conditions_of(session: Session, encounter_ids: Collection[str]) -> dict[str, list[str]]:
    """Return the conditions of the findings of encounters."""
    statement = select(FindingRow.encounter_id, FindingRow.condition)
    found: dict[str, list[str]] = {}
    for row in session.execute(statement.where(among(FindingRow.encounter_id, encounter_ids))):
        found.setdefault(row.encounter_id, []).append(row.condition)
    return found


def assignments_of(session: Session, encounter_ids: Collection[str]) -> dict[str, AssignmentRow]:
    """Return who works which of these encounters."""
    statement = select(AssignmentRow).where(among(AssignmentRow.encounter_id, encounter_ids))
    return {row.encounter_id: row for row in session.scalars(statement)}


def looks_of(session: Session, user_id: str, encounter_ids: Collection[str]) -> dict[str, LookRow]:
    """Return the looks of a user at these encounters."""
    statement = select(LookRow).where(
        LookRow.user_id == user_id, among(LookRow.encounter_id, encounter_ids)
    )
    return {row.encounter_id: row for row in session.scalars(statement)}


def snoozes_of(session: Session, finding_ids: Collection[str]) -> dict[str, SnoozeRow]:
    """Return what is noted of snoozing these findings, past or not."""
    statement = select(SnoozeRow).where(among(SnoozeRow.finding_id, finding_ids))
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
        among(ObservationRow.encounter_id, encounter_ids), among(ObservationRow.analyte, analytes)
    )
    return list(session.scalars(statement.order_by(ObservationRow.observed_at)))


def histories_of(
    session: Session, findings: Collection[FindingRow], since: datetime
) -> dict[str, list[FindingHistoryRow]]:
    """Return the histories, oldest first, of those findings that moved after a moment."""
    identifiers = [row.id for row in findings]
    moved = select(FindingHistoryRow.finding_id).where(
        among(FindingHistoryRow.finding_id, identifiers), FindingHistoryRow.at > since
    )
    statement = select(FindingHistoryRow).where(FindingHistoryRow.finding_id.in_(moved))
    found: dict[str, list[FindingHistoryRow]] = {}
    for row in session.scalars(statement.order_by(FindingHistoryRow.id)):
        found.setdefault(row.finding_id, []).append(row)
    return found


def _received_since(
    table: type[NoteRow] | type[ObservationRow], since: Mapping[str, datetime]
) -> ColumnElement[bool]:
    """Return the condition of rows received after the moment of their encounter."""
    wanted = [
        and_(table.encounter_id == identifier, table.received_at > moment)
        for identifier, moment in since.items()
    ]
    return or_(*wanted) if wanted else false()
