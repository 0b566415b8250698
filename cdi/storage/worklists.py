"""The specialist's list: which encounters are on it, and what people keep beside the record."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnClause,
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    case,
    distinct,
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


_Look = Narrowing | frozenset[QueryState]
"""What is looked for: open findings, or queries in some states."""
_VALUES = ("condition", "service", "owner_id")


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
    looks = list(dict.fromkeys(look for heap in wanted for look in heap if look))
    statement = _count_heaps(
        tuple(_shape(look) for look in looks),
        tuple(tuple(looks.index(look) for look in heap if look) for heap in wanted),
    )
    values = {"facility": facility_id, "now": now}
    for number, look in enumerate(looks):
        values |= _values(look, number)
    return {
        wanted[number]: Size(size, most < _MOST_FOUND)
        for number, size, most in session.execute(statement, values)
    }


def encounters_in(session: Session, facility_id: str, now: datetime, heap: Heap) -> list[str]:
    """Return the encounters of a heap.

    That with the most important finding comes first; if they have queries, that with the newest.
    """
    found = []
    for look in (heap.states, heap.findings):
        if look:
            values = {"facility": facility_id, "now": now} | _values(look, 0)
            rows = session.execute(_look(_shape(look), 0, _asleep()), values)
            found.append(dict.fromkeys(row.encounter_id for row in rows))
    return [one for one in found[0] if all(one in others for others in found[1:])]


# To put these statements together takes as long as the database runs them: each is made once, with
# parameters in place of what is looked for.
@lru_cache(maxsize=256)
def _count_heaps(
    shapes: tuple[_Look, ...], heaps: tuple[tuple[int, ...], ...]
) -> CompoundSelect[int, int, int]:
    """Return the statement that yields number, encounters and most rows looked through of heaps.

    Args:
        shapes: of what is looked for.
        heaps: the places there of what makes each heap, of findings before queries.
    """
    asleep = select(_asleep().cte("asleep").c.finding_id)
    found = [
        _look(shape, number, asleep).cte(f"looked_{number}") for number, shape in enumerate(shapes)
    ]
    parts = []
    for number, places in enumerate(heaps):
        first, rest = found[places[-1]], [found[place] for place in places[:-1]]
        within = [first.c.encounter_id.in_(select(other.c.encounter_id)) for other in rest]
        size = func.count(distinct(first.c.encounter_id))
        most: list[ColumnElement[int]] = [func.count()]
        most += [select(func.count()).select_from(other).scalar_subquery() for other in rest]
        parts.append(
            select(
                literal(number),
                size.filter(*within) if within else size,
                case((most[0] > most[-1], most[0]), else_=most[-1]),
            ).select_from(first)
        )
    return union_all(*parts)


def _shape(look: _Look) -> _Look:
    """Return what is looked for without its values: it has the same statement."""
    if not isinstance(look, Narrowing):
        return look
    condition, service, owner = ("?" if getattr(look, name) else "" for name in _VALUES)
    return look._replace(condition=condition, service=service, owner_id=owner)


def _values(look: _Look, number: int) -> dict[str, Any]:
    """Return the parameters of the statement of what is looked for."""
    if not isinstance(look, Narrowing):
        return {}
    return {f"{name}_{number}": getattr(look, name) for name in _VALUES if getattr(look, name)}


@lru_cache(maxsize=1)
def _asleep() -> Select[str]:
    slept = aliased(FindingRow)
    return (
        select(SnoozeRow.finding_id)
        .join(slept, slept.id == SnoozeRow.finding_id)
        .where(SnoozeRow.facility_id == bindparam("facility"), SnoozeRow.until > bindparam("now"))
        .where(SnoozeRow.content_hash == slept.content_hash)
    )


@lru_cache(maxsize=256)
def _look(shape: _Look, number: int, asleep: Select[str]) -> Select[str]:
    """Return the statement that yields encounters of a shape, in their order, as often as found."""
    if isinstance(shape, Narrowing):
        return _open_findings(shape, number, asleep)
    return (
        select(QueryRow.encounter_id)
        .where(QueryRow.facility_id == bindparam("facility"), QueryRow.state.in_(shape))
        .order_by(QueryRow.id.desc())
        .limit(_MOST_FOUND)
    )


def _open_findings(shape: Narrowing, number: int, asleep: Select[str]) -> Select[str]:
    here: BindParameter[str] = bindparam("facility")
    # Nothing but the index of what is open is read; what is asleep is looked for by itself.
    statement = select(FindingRow.encounter_id).where(
        FindingRow.facility_id == here,
        FindingRow.state == _OPEN,
        FindingRow.id.in_(asleep) if shape.snoozed else FindingRow.id.not_in(asleep),
    )
    if shape.condition:
        statement = statement.where(FindingRow.condition == bindparam(f"condition_{number}"))
    if shape.service:
        statement = statement.where(FindingRow.service == bindparam(f"service_{number}"))
    owned = select(AssignmentRow.encounter_id).where(AssignmentRow.facility_id == here)
    if shape.unassigned:
        statement = statement.where(FindingRow.encounter_id.not_in(owned))
    elif shape.owner_id:
        owned = owned.where(AssignmentRow.user_id == bindparam(f"owner_id_{number}"))
        statement = statement.where(FindingRow.encounter_id.in_(owned))
    statement = statement.order_by(FindingRow.rank.desc(), FindingRow.id.desc())
    return statement.limit(_MOST_FOUND)


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


class OpenFinding(NamedTuple):
    """An open finding, as far as it takes to rank its encounter."""

    id: str
    encounter_id: str
    content_hash: str
    rank: float


def open_findings_of(session: Session, encounter_ids: Collection[str]) -> list[OpenFinding]:
    """Return the open findings of encounters, those that are asleep too."""
    table = FindingRow
    statement = select(
        table.id, table.encounter_id, table.content_hash, table.rank, table.state
    ).where(among(table.encounter_id, encounter_ids))
    # Told to look for open ones only, PostgreSQL goes through all that are open anywhere.
    return [
        OpenFinding(row.id, row.encounter_id, row.content_hash, row.rank)
        for row in session.execute(statement)
        if row.state is FindingState.OPEN
    ]


def times_of(
    session: Session, encounter_ids: Collection[str]
) -> dict[str, tuple[datetime | None, datetime | None]]:
    """Return when encounters began and ended, as far as that is known."""
    statement = select(EncounterRow.id, EncounterRow.admitted_at, EncounterRow.discharged_at)
    rows = session.execute(statement.where(among(EncounterRow.id, encounter_ids)))
    return {row.id: (row.admitted_at, row.discharged_at) for row in rows}


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


def open_services(session: Session, facility_id: str) -> list[str]:
    """Return the services of encounters with open findings, by name."""
    return list(session.scalars(_services(), {"facility": facility_id}))


@lru_cache(maxsize=1)
def _services() -> Select[str]:
    """Return the statement that leaps from service to service in the index of what is open."""
    following = (
        select(func.min(FindingRow.service))
        .where(FindingRow.facility_id == bindparam("facility"), FindingRow.state == _OPEN)
        .correlate_except(FindingRow)
    )
    first = following.where(FindingRow.service > "").scalar_subquery()
    found = select(first.label("service")).cte("found", recursive=True)
    further = following.where(FindingRow.service > found.c.service).scalar_subquery()
    found = found.union_all(select(further).where(found.c.service.is_not(None)))
    return select(found.c.service).where(found.c.service.is_not(None)).order_by(found.c.service)


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
