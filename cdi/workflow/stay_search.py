"""Finding a stay by its number, its patient's number, or words of the patient's name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cdi.domain.actor import Actor, StaffRole
from cdi.errors import InputError
from cdi.storage import Session
from cdi.storage.stay_search import MOST_NAMES, newest_names, stays_by_number
from cdi.storage.tables import EncounterRow, PatientRow
from cdi.storage.worklists import encounters_by_id, patients_by_id
from cdi.workflow.desk import Desk, Receipt, note_event
from cdi.workflow.permissions import PERMISSIONS, require

VERB = "encounter.find"
_SHORTEST, _MOST = 2, 50


@dataclass(frozen=True, slots=True)
class StayFound:
    """A stay with its patient, None if it names nobody."""

    encounter: EncounterRow
    patient: PatientRow | None


@dataclass(frozen=True, slots=True)
class StaysFound:
    """What was found, newest first.

    Attributes:
        stays: at most fifty.
        more: how many were left out.
        names_whole: whether the names of all stays were looked at, not of the newest alone.
    """

    stays: tuple[StayFound, ...]
    more: int
    names_whole: bool


def find_stays(desk: Desk, actor: Actor, facility_id: str, words: str) -> StaysFound:
    """Return the stays that words stand for; whose were shown is an event, the words are not.

    A number has to be whole; of a name each word may be its beginning or a part of it. Names are
    looked for among the newest stays. A physician finds the stays they may open.

    Raises:
        InputError: fewer than two characters.
        NotFound, NotAllowed: as the permissions say.
    """
    require(actor, VERB, facility_id)
    wanted = words.strip()
    if len(wanted) < _SHORTEST:
        raise InputError("at least two characters", field="words")
    only = _only(actor, facility_id)
    with desk.store.looking() as session:
        found, whole = _find(session, facility_id, wanted, only)
        shown = found[:_MOST]
        stays = _read(session, shown)
        receipt = Receipt("facility", facility_id)
        seen = sorted(shown)
        note_event(desk, session, actor, VERB, receipt, facility_id, None, encounters=seen)
        session.flush()
        session.expunge_all()
    return StaysFound(stays, len(found) - len(shown), whole)


def _only(actor: Actor, facility_id: str) -> frozenset[str] | None:
    """Return the only stays an actor may find; None for every one of the facility."""
    able = actor.roles[facility_id] & PERMISSIONS[VERB]
    if able == {StaffRole.PHYSICIAN}:
        return actor.care_teams | frozenset(actor.emergencies)
    return None


def _find(
    session: Session, facility_id: str, wanted: str, only: frozenset[str] | None
) -> tuple[list[str], bool]:
    numbered = stays_by_number(session, facility_id, wanted, _MOST + 1)
    names = newest_names(session, facility_id, only)
    parts = wanted.casefold().split()
    named = [one.encounter_id for one in names if _has(one.name, parts)]
    found = dict.fromkeys([*numbered, *named])
    allowed = [stay for stay in found if only is None or stay in only]
    return allowed, len(names) < MOST_NAMES


def _has(name: str, parts: Sequence[str]) -> bool:
    folded = name.casefold()
    return all(part in folded for part in parts)


def _read(session: Session, identifiers: Sequence[str]) -> tuple[StayFound, ...]:
    rows = encounters_by_id(session, identifiers)
    patients = patients_by_id(session, {row.patient_id for row in rows.values() if row.patient_id})
    return tuple(
        StayFound(rows[stay], patients.get(rows[stay].patient_id or "")) for stay in identifiers
    )
