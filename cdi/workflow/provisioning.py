"""Accounts and roles as an identity provider tells them, where a site has configured that."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from cdi.domain.actor import Actor, StaffRole
from cdi.errors import LoginError, SettingError
from cdi.interop.identity import Identity
from cdi.storage import Session
from cdi.storage.people import find_actor, memberships_of
from cdi.storage.places import find_facility
from cdi.storage.tables import MembershipRow, UserRow
from cdi.workflow.desk import Desk, Receipt, note_event

Held = frozenset[tuple[str, StaffRole]]
"""Roles by code or id of their facility."""


@dataclass(frozen=True, slots=True)
class RoleMap:
    """Which values of a claim ("cdi-team") give which roles ("general", specialist)."""

    given: Mapping[str, Held] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.given)

    @property
    def managed(self) -> Held:
        """All roles that the provider gives, and so takes away too."""
        return frozenset(pair for held in self.given.values() for pair in held)

    def named(self, claims: Mapping[str, Any], claim: str) -> Held:
        """Return the roles that the claims of a person give."""
        told = claims.get(claim)
        values = told if isinstance(told, list) else [told]
        words = [value for value in values if isinstance(value, str)]
        return frozenset(pair for word in words for pair in self.given.get(word, ()))


def read_role_map(setting: Mapping[str, Collection[str]]) -> RoleMap:
    """Return the map of a setting: by value of the claim, ``facility:role`` each.

    Raises:
        SettingError: an entry is of another form or names no role.
    """
    return RoleMap(
        {value: frozenset(map(_role, entries)) for value, entries in setting.items() if entries}
    )


def add_account(desk: Desk, session: Session, identity: Identity) -> UserRow:
    """Add the account of somebody whom the provider gives a role here, in the open transaction."""
    claims = identity.claims
    login = str(claims.get("preferred_username") or claims.get("email") or identity.subject)
    row = UserRow(
        login=login.strip().lower()[:200],
        name=str(claims.get("name") or login)[:200],
        email=str(claims.get("email") or "")[:320],
        subject=identity.subject,
        created_at=desk.now(),
    )
    session.add(row)
    session.flush()
    return row


def align_roles(desk: Desk, session: Session, user: UserRow, roles: RoleMap, named: Held) -> None:
    """Give a user exactly those of the managed roles that the provider names now.

    Roles that the provider does not manage stay as administrators gave them.

    Raises:
        SettingError: the map names a facility that is not there.
        LoginError: no role is left.
    """
    places = {code: _place(session, code) for code, _ in roles.managed}
    wanted = {(places[code], role) for code, role in named}
    managed = {(places[code], role) for code, role in roles.managed}
    held = {(row.facility_id, row.role): row for row in memberships_of(session, user.id)}
    taken = [pair for pair in held if pair in managed - wanted]
    given = [pair for pair in wanted if pair not in held]
    for pair in taken:
        session.delete(held[pair])
    session.add_all(MembershipRow(user_id=user.id, facility_id=p, role=r) for p, r in given)
    session.flush()
    actor = find_actor(session, user, desk.now())
    for place in sorted({place for place, _ in [*given, *taken]}):
        _note(desk, session, actor, user, place, given, taken)
    if not actor.roles:
        raise LoginError("no role here; ask an administrator for one")


def _note(
    desk: Desk,
    session: Session,
    actor: Actor,
    user: UserRow,
    place: str,
    given: Collection[tuple[str, StaffRole]],
    taken: Collection[tuple[str, StaffRole]],
) -> None:
    note_event(
        desk,
        session,
        actor,
        "user.align",
        Receipt("user", user.id),
        place,
        None,
        given=sorted(role for where, role in given if where == place),
        taken=sorted(role for where, role in taken if where == place),
    )


def _place(session: Session, code: str) -> str:
    row = find_facility(session, code)
    if row is None:
        raise SettingError(f"oidc_roles: there is no facility {code!r}")
    return row.id


def _role(entry: str) -> tuple[str, StaffRole]:
    code, _, role = entry.partition(":")
    if not code or role not in set(StaffRole):
        raise SettingError(f"oidc_roles: {entry!r} is not facility:role")
    return code, StaffRole(role)
