"""Whom to ask: the author of what raised the question, the attending, or the service in charge."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from cdi.domain.actor import StaffRole
from cdi.domain.encounter import Encounter, Role
from cdi.domain.finding import Finding, NoteSpan, QueryType
from cdi.domain.policy import Policy
from cdi.errors import InputError
from cdi.storage import Session
from cdi.storage.people import (
    find_of_service,
    find_provider,
    find_team_member,
    find_user,
    is_member,
)
from cdi.storage.tables import EncounterRow, UserRow


@dataclass(frozen=True, slots=True)
class Route:
    """A recipient and why: "author", "attending", "service" or "chosen"."""

    user: UserRow
    because: str


def suggest_route(
    session: Session,
    row: EncounterRow,
    encounter: Encounter,
    findings: Collection[Finding],
    policy: Policy,
) -> Route | None:
    """Return whom to ask, by the order of the policy; None if nobody is known."""
    return next(possible_routes(session, row, encounter, findings, policy), None)


def possible_routes(
    session: Session,
    row: EncounterRow,
    encounter: Encounter,
    findings: Collection[Finding],
    policy: Policy,
) -> Iterator[Route]:
    """Yield who may be asked, by the order of the policy.

    The attending decides between providers who contradict each other (ICD-10-CM Official
    Guidelines, section I.B.14), so that a conflict never goes to one of the authors first.
    """
    order = list(policy.routing)
    if any(finding.type is QueryType.CONFLICT for finding in findings):
        order.sort(key=lambda way: way != "attending")
    for way in order:
        for user in _candidates(session, way, row, encounter, findings):
            if is_member(session, user.id, row.facility_id, StaffRole.PHYSICIAN):
                yield Route(user, way)


def chosen_route(session: Session, facility_id: str, user_id: str) -> Route:
    """Return a recipient whom the specialist chose.

    Raises:
        InputError: they are no physician of the facility, or their account is closed.
    """
    user = find_user(session, user_id)
    if (
        user is None
        or not user.active
        or not is_member(session, user.id, facility_id, StaffRole.PHYSICIAN)
    ):
        raise InputError("not a physician of this facility", field="recipient")
    return Route(user, "chosen")


def _candidates(
    session: Session,
    way: str,
    row: EncounterRow,
    encounter: Encounter,
    findings: Collection[Finding],
) -> Iterator[UserRow]:
    if way == "author":
        for provider_id in _authors(encounter, findings):
            user = find_provider(session, provider_id)
            if user is not None:
                yield user
    elif way == "attending":
        attending = find_team_member(session, row.id, "attending")
        if attending is not None:
            yield attending
    elif way == "service":
        member = find_of_service(session, row.facility_id, row.service)
        if member is not None:
            yield member


def _authors(encounter: Encounter, findings: Collection[Finding]) -> list[str]:
    """Return the treating providers who wrote the evidence, the latest note first."""
    cited = {
        evidence.pointer.note_id
        for finding in findings
        for evidence in finding.evidence
        if isinstance(evidence.pointer, NoteSpan)
    }
    notes = [
        note
        for note in encounter.notes
        if note.id in cited and note.role is Role.PROVIDER and note.author_id
    ]
    notes.sort(key=lambda note: note.recorded_at.timestamp() if note.recorded_at else 0.0)
    return list(dict.fromkeys(note.author_id for note in reversed(notes)))
