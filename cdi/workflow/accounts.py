"""Accounts of a facility: who has which role there, who is logged in, and changing it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from cdi.domain.actor import Actor, StaffRole
from cdi.errors import InputError, NotAllowed, NotFound
from cdi.storage import Session
from cdi.storage.people import find_user, lock_members, memberships_of, roles_at
from cdi.storage.sessions import revoke_sessions_of, sessions_of_many
from cdi.storage.tables import MembershipRow, UserRow
from cdi.workflow.desk import Desk, Receipt, note_event
from cdi.workflow.permissions import require


@dataclass(frozen=True, slots=True)
class Account:
    """A person or service account at one facility.

    Attributes:
        roles: there.
        sessions: how many are open now.
        last_seen_at: the last step in any of them; None if none is open.
    """

    user: UserRow
    roles: tuple[StaffRole, ...]
    sessions: int
    last_seen_at: datetime | None


def list_accounts(desk: Desk, actor: Actor, facility_id: str) -> tuple[Account, ...]:
    """Return the accounts of a facility, by name; they are of no patient, so that it is no event.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    require(actor, "user.list", facility_id)
    with desk.store.reading() as session:
        found = roles_at(session, facility_id)
        open_ones = sessions_of_many(session, [user.id for user, _ in found], desk.now())
    return tuple(
        Account(
            user,
            tuple(sorted(roles)),
            len(open_ones.get(user.id, ())),
            max(open_ones.get(user.id, ()), default=None),
        )
        for user, roles in sorted(found, key=lambda pair: (pair[0].name.lower(), pair[0].id))
    )


def change_roles(
    desk: Desk, actor: Actor, facility_id: str, user_id: str, roles: Collection[StaffRole]
) -> Receipt:
    """Give a user exactly these roles at a facility; those elsewhere stay. Their sessions end.

    Raises:
        InputError: an administrator would give up the role that lets them do this.
        NotFound, NotAllowed: no such user here; else as the permissions say.
    """
    verb = "user.change"
    wanted = set(roles)
    if user_id == actor.id and StaffRole.ADMIN not in wanted:
        raise InputError("nobody takes the role of administrator from themselves", field="roles")
    with desk.store.writing() as session:
        require(actor, verb, facility_id)
        user = find_user(session, user_id)
        held = {
            row.role: row
            for row in memberships_of(session, user_id)
            if row.facility_id == facility_id
        }
        if user is None or not held:
            raise NotFound("there is no such user here")
        given, taken = sorted(wanted - set(held)), sorted(set(held) - wanted)
        for role in taken:
            session.delete(held[role])
        session.add_all(
            MembershipRow(user_id=user_id, facility_id=facility_id, role=role) for role in given
        )
        if user_id != actor.id and taken:
            revoke_sessions_of(session, user_id, desk.now())
        receipt = Receipt("user", user_id)
        note_event(desk, session, actor, verb, receipt, facility_id, None, given=given, taken=taken)
    return receipt


def close_account(desk: Desk, actor: Actor, facility_id: str, user_id: str) -> Receipt:
    """Close an account: its sessions end at once, and nobody logs in with it or asks it anything.

    What the person did stays as it is. An account that is closed already stays so.

    Raises:
        InputError: it is the actor's own, or that of the last administrator of a facility.
        NotAllowed: the person works at a facility that the actor does not administer.
        NotFound: no such user here; else as the permissions say.
    """
    verb = "user.close"
    with desk.store.writing() as session:
        user = _take_account(session, actor, verb, facility_id, user_id)
        if user.id == actor.id:
            raise InputError("nobody closes their own account", field="user")
        for row in memberships_of(session, user.id):
            if row.role is not StaffRole.ADMIN:
                continue
            if [one.id for one in lock_members(session, row.facility_id, row.role)] == [user.id]:
                raise InputError("the last administrator of a facility stays", field="user")
        ended = revoke_sessions_of(session, user.id, desk.now())
        user.active = False
        receipt = Receipt("user", user.id, state="closed")
        note_event(desk, session, actor, verb, receipt, facility_id, None, sessions=ended)
    return receipt


def open_account(desk: Desk, actor: Actor, facility_id: str, user_id: str) -> Receipt:
    """Open a closed account again, with the roles it had.

    Raises:
        NotAllowed: the person works at a facility that the actor does not administer.
        NotFound: no such user here; else as the permissions say.
    """
    verb = "user.open"
    with desk.store.writing() as session:
        user = _take_account(session, actor, verb, facility_id, user_id)
        user.active = True
        receipt = Receipt("user", user.id, state="open")
        note_event(desk, session, actor, verb, receipt, facility_id, None)
    return receipt


def _take_account(
    session: Session, actor: Actor, verb: str, facility_id: str, user_id: str
) -> UserRow:
    require(actor, verb, facility_id)
    user = find_user(session, user_id)
    places = {row.facility_id for row in memberships_of(session, user_id)}
    if user is None or facility_id not in places:
        raise NotFound("there is no such user here")
    if not places <= set(actor.facilities(StaffRole.ADMIN)):
        raise NotAllowed("the person works elsewhere too; take the roles here instead")
    return user
