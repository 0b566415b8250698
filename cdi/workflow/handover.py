"""Questions that reached the wrong physician: passed on to another, or given back."""

from __future__ import annotations

from dataclasses import dataclass

from cdi.domain.actor import Actor, StaffRole
from cdi.domain.query import HandoverReason, QueryVerb
from cdi.errors import InputError
from cdi.storage import Session
from cdi.storage.people import (
    find_cover,
    members_of,
    physicians_of_service,
    team_members,
)
from cdi.storage.tables import HandoverRow, QueryRow, UserRow
from cdi.workflow.delivery import announce
from cdi.workflow.desk import Desk, Receipt, Request, carry_out
from cdi.workflow.lifecycle import send_on
from cdi.workflow.moves import move, take_query
from cdi.workflow.trail import note_query

_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Delegate:
    """A physician who may answer instead, and why: "cover", a part in the care, or "service"."""

    id: str
    name: str
    because: str


@dataclass(frozen=True, slots=True)
class Handover:
    """Why a question is handed over; the remark is for the one who gets it."""

    reason: HandoverReason
    remark: str = ""


def suggest_delegates(desk: Desk, actor: Actor, query_id: str) -> tuple[Delegate, ...]:
    """Return who may answer instead: cover, care team, then others of the service.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    with desk.store.reading() as session:
        query = take_query(session, actor, query_id, "query.reroute", desk.now())
        found: dict[str, Delegate] = {}
        physicians = members_of(session, query.facility_id, [StaffRole.PHYSICIAN])
        able = {user.id for user in physicians} - {actor.id, query.recipient_id}
        for user, because in _candidates(desk, session, query):
            if user.id in able:
                found.setdefault(user.id, Delegate(user.id, user.name, because))
    return tuple(found.values())


def pass_on_query(
    desk: Desk, actor: Actor, query_id: str, version: int, to_id: str, handover: Handover
) -> Receipt:
    """Send a query on to another physician, with the reason; its clock starts anew.

    Raises:
        InputError: the other is no physician of the facility, or the remark is too long.
        LimitReached: the other was asked enough today.
        ConflictError, TransitionError: the query was changed or settled meanwhile.
        NotFound, NotAllowed: as the permissions say.
    """
    return _hand_over(desk, actor, query_id, version, to_id, handover)


def decline_query(
    desk: Desk, actor: Actor, query_id: str, version: int, handover: Handover
) -> Receipt:
    """Give a query back to the specialist, who asks somebody else or withdraws it.

    Raises:
        InputError: the remark is too long.
        ConflictError, TransitionError: the query was changed or settled meanwhile.
        NotFound, NotAllowed: as the permissions say.
    """
    return _hand_over(desk, actor, query_id, version, None, handover)


def _hand_over(
    desk: Desk,
    actor: Actor,
    query_id: str,
    version: int,
    to_id: str | None,
    handover: Handover,
) -> Receipt:
    verb = "query.reroute" if to_id else "query.decline"
    remark = handover.remark.strip()
    if len(remark) > _LONGEST:
        raise InputError(f"at most {_LONGEST} characters", field="remark")

    def act(session: Session) -> Receipt:
        query = take_query(session, actor, query_id, verb, desk.now(), version)
        before = query.recipient_id
        if to_id:
            send_on(desk, session, actor, query, to_id)
        else:
            move(session, query, QueryVerb.DECLINE, actor, desk.now())
            query.next_step_at = None
            announce(desk, session, query, "query.declined", query.owner_id)
        session.add(
            HandoverRow(
                query_id=query.id,
                from_id=actor.id,
                to_id=to_id,
                at=desk.now(),
                reason=handover.reason,
                remark=remark,
            )
        )
        detail = {"before": before, "to": to_id, "reason": handover.reason.value}
        return note_query(desk, session, actor, verb, query, **detail)

    content = {"query": query_id, "version": version, "to": to_id, "reason": handover.reason}
    return carry_out(desk, Request(actor, verb, content), act)


def _candidates(desk: Desk, session: Session, query: QueryRow) -> list[tuple[UserRow, str]]:
    cover = find_cover(session, query.recipient_id or "", desk.now())
    found = [(cover, "cover")] if cover is not None else []
    found += team_members(session, query.encounter_id, desk.now())
    found += [
        (user, "service")
        for user in physicians_of_service(session, query.facility_id, query.service)
    ]
    return found
