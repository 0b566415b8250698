"""Accounts of a facility: who has which role there, who is logged in, and changing it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from cdi.domain.actor import Actor, StaffRole
from cdi.errors import InputError, NotFound
from cdi.storage.people import find_user, memberships_of, roles_at
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
        session.expunge_all()
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
