"""Finding people: who a user is, who covers whom, who cares for an encounter; and policies."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from cdi.domain.actor import Actor, StaffRole
from cdi.domain.policy import Policy
from cdi.storage.json_record import from_value, to_value
from cdi.storage.membership import among
from cdi.storage.tables import (
    CareTeamRow,
    CoverRow,
    EmergencyRow,
    MembershipRow,
    PolicyRow,
    SubscriptionRow,
    UserRow,
)


def find_user(session: Session, identifier: str) -> UserRow | None:
    """Return a user by id."""
    return session.get(UserRow, identifier)


def find_user_by_login(session: Session, login: str) -> UserRow | None:
    """Return a user by login."""
    return session.scalars(select(UserRow).where(UserRow.login == login)).one_or_none()


def find_user_by_subject(session: Session, subject: str) -> UserRow | None:
    """Return the user whom the identity provider calls by this name."""
    return session.scalars(select(UserRow).where(UserRow.subject == subject)).one_or_none()


def memberships_of(session: Session, user_id: str) -> list[MembershipRow]:
    """Return the roles of a user."""
    return list(session.scalars(select(MembershipRow).where(MembershipRow.user_id == user_id)))


def roles_at(session: Session, facility_id: str) -> list[tuple[UserRow, set[StaffRole]]]:
    """Return the users with a role at a facility, each with their roles there."""
    statement = (
        select(UserRow, MembershipRow.role)
        .join(MembershipRow, MembershipRow.user_id == UserRow.id)
        .where(MembershipRow.facility_id == facility_id)
    )
    found: dict[str, tuple[UserRow, set[StaffRole]]] = {}
    for user, role in session.execute(statement):
        found.setdefault(user.id, (user, set()))[1].add(role)
    return list(found.values())


def find_provider(session: Session, provider_id: str) -> UserRow | None:
    """Return the user whom the record system calls by this id, if active."""
    if not provider_id:
        return None
    statement = select(UserRow).where(UserRow.provider_id == provider_id, UserRow.active)
    return session.scalars(statement).one_or_none()


def find_actor(session: Session, user: UserRow, now: datetime) -> Actor:
    """Return what a user may do now: roles, care teams, and emergency access that still runs."""
    held = select(MembershipRow.facility_id, MembershipRow.role)
    rows = session.execute(held.where(MembershipRow.user_id == user.id))
    return to_actor(session, user, [(facility_id, role) for facility_id, role in rows], now)


def to_actor(
    session: Session, user: UserRow, held: Iterable[tuple[str, StaffRole]], now: datetime
) -> Actor:
    """Return what a user may do now who holds these roles, each at a facility."""
    roles: dict[str, set[StaffRole]] = {}
    for facility_id, role in held:
        roles.setdefault(facility_id, set()).add(role)
    actor = Actor(user.id, {facility: frozenset(some) for facility, some in roles.items()})
    if not actor.facilities(StaffRole.PHYSICIAN):
        return actor  # neither widens what others may do
    emergency = session.execute(
        select(EmergencyRow.encounter_id, EmergencyRow.reason).where(
            EmergencyRow.user_id == user.id,
            EmergencyRow.starts_at <= now,
            EmergencyRow.ends_at > now,
        )
    )
    return replace(
        actor,
        care_teams=frozenset(_care_teams(session, user.id, now)),
        emergencies={row.encounter_id: row.reason for row in emergency},
    )


def _care_teams(session: Session, user_id: str, now: datetime) -> list[str]:
    statement = select(CareTeamRow.encounter_id).where(
        CareTeamRow.user_id == user_id,
        or_(CareTeamRow.started_at.is_(None), CareTeamRow.started_at <= now),
        or_(CareTeamRow.ended_at.is_(None), CareTeamRow.ended_at > now),
    )
    return list(session.scalars(statement))


def find_team_member(session: Session, encounter_id: str, part: str) -> UserRow | None:
    """Return the active user who has a part in the care of an encounter, the latest if several."""
    statement = (
        select(UserRow)
        .join(CareTeamRow, CareTeamRow.user_id == UserRow.id)
        .where(
            CareTeamRow.encounter_id == encounter_id,
            CareTeamRow.part == part,
            CareTeamRow.ended_at.is_(None),
            UserRow.active,
        )
        .order_by(CareTeamRow.id.desc())
        .limit(1)
    )
    return session.scalars(statement).one_or_none()


def team_members(session: Session, encounter_id: str, now: datetime) -> list[tuple[UserRow, str]]:
    """Return the active users who care for an encounter now, each with their part."""
    statement = (
        select(UserRow, CareTeamRow.part)
        .join(CareTeamRow, CareTeamRow.user_id == UserRow.id)
        .where(
            CareTeamRow.encounter_id == encounter_id,
            or_(CareTeamRow.ended_at.is_(None), CareTeamRow.ended_at > now),
            UserRow.active,
        )
        .order_by(CareTeamRow.part, UserRow.name)
    )
    return [(row[0], row[1]) for row in session.execute(statement)]


def physicians_of_service(session: Session, facility_id: str, service: str) -> list[UserRow]:
    """Return the active physicians of a service at a facility, by name; none without a service."""
    if not service:
        return []
    statement = (
        select(UserRow)
        .join(MembershipRow, MembershipRow.user_id == UserRow.id)
        .where(
            MembershipRow.facility_id == facility_id,
            MembershipRow.role == StaffRole.PHYSICIAN,
            UserRow.service == service,
            UserRow.active,
        )
        .order_by(UserRow.name, UserRow.id)
    )
    return list(session.scalars(statement))


def find_of_service(session: Session, facility_id: str, service: str) -> UserRow | None:
    """Return a physician of a service at a facility, always the same one."""
    if not service:
        return None
    statement = (
        select(UserRow)
        .join(MembershipRow, MembershipRow.user_id == UserRow.id)
        .where(
            MembershipRow.facility_id == facility_id,
            MembershipRow.role == StaffRole.PHYSICIAN,
            UserRow.service == service,
            UserRow.active,
        )
        .order_by(UserRow.id)
        .limit(1)
    )
    return session.scalars(statement).one_or_none()


def find_cover(session: Session, user_id: str, now: datetime) -> UserRow | None:
    """Return who answers for a user now, None if the user answers."""
    statement = (
        select(UserRow)
        .join(CoverRow, CoverRow.covered_by == UserRow.id)
        .where(
            CoverRow.user_id == user_id,
            CoverRow.starts_at <= now,
            CoverRow.ends_at > now,
            UserRow.active,
        )
        .order_by(CoverRow.id.desc())
        .limit(1)
    )
    return session.scalars(statement).one_or_none()


def is_member(session: Session, user_id: str, facility_id: str, role: StaffRole) -> bool:
    """Tell whether a user holds a role at a facility."""
    statement = select(MembershipRow.id).where(
        MembershipRow.user_id == user_id,
        MembershipRow.facility_id == facility_id,
        MembershipRow.role == role,
    )
    return session.scalars(statement).first() is not None


def find_policy(session: Session, facility_id: str, now: datetime) -> Policy:
    """Return the policy of a facility that is in force; the default if it has set none."""
    statement = (
        select(PolicyRow)
        .where(PolicyRow.facility_id == facility_id, PolicyRow.valid_from <= now)
        .order_by(PolicyRow.valid_from.desc(), PolicyRow.id.desc())
        .limit(1)
    )
    row = session.scalars(statement).one_or_none()
    return from_value(Policy, row.content) if row else Policy()


def add_policy(
    session: Session, facility_id: str, policy: Policy, valid_from: datetime, actor_id: str
) -> PolicyRow:
    """Add the policy of a facility from a moment on."""
    row = PolicyRow(
        facility_id=facility_id,
        valid_from=valid_from,
        content=to_value(policy),
        changed_by=actor_id,
    )
    session.add(row)
    return row


def subscriptions(session: Session, facility_id: str, topic: str) -> list[SubscriptionRow]:
    """Return who is to hear of a topic of a facility."""
    statement = select(SubscriptionRow).where(
        SubscriptionRow.facility_id == facility_id, SubscriptionRow.active
    )
    return [row for row in session.scalars(statement) if topic in row.topics]


def has_part(session: Session, encounter_id: str, user_id: str, part: str) -> bool:
    """Tell whether a user is known to have a part in the care of an encounter."""
    statement = select(CareTeamRow.id).where(
        CareTeamRow.encounter_id == encounter_id,
        CareTeamRow.user_id == user_id,
        CareTeamRow.part == part,
    )
    return session.scalars(statement).first() is not None


def names_of(session: Session, identifiers: Collection[str]) -> dict[str, str]:
    """Return the names of users by id."""
    statement = select(UserRow.id, UserRow.name).where(among(UserRow.id, identifiers))
    return {row.id: row.name for row in session.execute(statement)}


def lock_members(session: Session, facility_id: str, role: StaffRole) -> list[UserRow]:
    """Return the active users who hold a role at a facility, locked: none is closed meanwhile."""
    held = select(MembershipRow.user_id).where(
        MembershipRow.facility_id == facility_id, MembershipRow.role == role
    )
    statement = select(UserRow).where(UserRow.id.in_(held), UserRow.active).order_by(UserRow.id)
    return list(session.scalars(statement.with_for_update()))


def members_of(session: Session, facility_id: str, roles: Collection[StaffRole]) -> list[UserRow]:
    """Return the active users who hold one of these roles at a facility."""
    held = select(MembershipRow.user_id).where(
        MembershipRow.facility_id == facility_id, MembershipRow.role.in_(roles)
    )
    return list(session.scalars(select(UserRow).where(UserRow.id.in_(held), UserRow.active)))
