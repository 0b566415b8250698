"""Who is there: accounts, logging in, sessions, confirming before a signature, emergency access."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cdi.domain.actor import Actor, StaffRole
from cdi.errors import InputError, LimitReached, LoginError, NotFound
from cdi.storage import Session
from cdi.storage.charts import find_encounter
from cdi.storage.people import (
    find_actor,
    find_user,
    find_user_by_login,
    memberships_of,
    to_actor,
)
from cdi.storage.sessions import (
    add_attempt,
    count_failures,
    find_login,
    find_session,
    hash_token,
    revoke_sessions_of,
)
from cdi.storage.tables import (
    EmergencyRow,
    FacilityRow,
    MembershipRow,
    SessionRow,
    UserRow,
)
from cdi.workflow.answering import Confirmation
from cdi.workflow.desk import Desk, Receipt, note_event
from cdi.workflow.passwords import check_password, hash_password
from cdi.workflow.permissions import require

LONGEST_SESSION = timedelta(hours=12)
"""A session ends after a shift, however busy (45 CFR 164.312(a)(2)(iii) asks for an end)."""
IDLE = timedelta(minutes=20)
"""A session ends when nothing was done for this long."""
EMERGENCY = timedelta(hours=4)
"""How long emergency access to a chart lasts."""

_WINDOW = timedelta(minutes=15)
_MOST_OF_LOGIN, _MOST_OF_ADDRESS = 5, 30
# Writing each time a page is read would make every read a write.
_TOUCH = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Login:
    """A session that was opened; the token is told once and never kept."""

    token: str
    session_id: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Presence:
    """Who a token stands for now. ``confirmed`` is the last proof of identity in the session."""

    actor: Actor
    session_id: str
    name: str
    confirmed: Confirmation


def add_facility(desk: Desk, actor: Actor, code: str, name: str) -> Receipt:
    """Add a facility; for whoever runs the machine, since nobody has a role there yet.

    Raises:
        InputError: there is no code or name.
        ConflictError: the code is taken.
    """
    if not code.strip() or not name.strip():
        raise InputError("a code and a name are needed", field="code")
    with desk.store.writing() as session:
        row = FacilityRow(code=code.strip(), name=name.strip())
        session.add(row)
        session.flush()
        receipt = Receipt("facility", row.id)
        _note(desk, session, actor, "facility.add", receipt, row.id)
    return receipt


def add_user(
    desk: Desk,
    actor: Actor,
    login: str,
    name: str,
    roles: Mapping[str, Collection[StaffRole]],
    *,
    password: str = "",
    subject: str | None = None,
    provider_id: str | None = None,
    service: str = "",
    email: str = "",
) -> Receipt:
    """Add an account with its roles by facility.

    Args:
        desk: where.
        actor: an administrator at each of the facilities.
        login: unique; compared without regard to case.
        name: as it stands under letters and answers.
        roles: at least one.
        password: of a local account; empty for one that logs in through an identity provider.
        subject: what the identity provider calls the person.
        provider_id: what the record system calls the person.
        service: clinical service, for routing.
        email: where notices go; they never hold anything of a patient.

    Raises:
        InputError: no role is given or the password is too short.
        ConflictError: the login, subject or provider id is taken.
    """
    held = [(place, role) for place, given in roles.items() for role in given]
    if not login.strip() or not held:
        raise InputError("a login and at least one role are needed", field="login")
    hashed = hash_password(password) if password else ""
    with desk.store.writing() as session:
        for place in roles:
            require(actor, "user.add", place)
        row = UserRow(
            login=login.strip().lower(),
            name=name.strip(),
            email=email,
            provider_id=provider_id,
            subject=subject,
            service=service,
            password_hash=hashed,
            created_at=desk.now(),
        )
        session.add(row)
        session.flush()
        session.add_all(MembershipRow(user_id=row.id, facility_id=p, role=r) for p, r in held)
        receipt = Receipt("user", row.id)
        granted = [f"{place}:{role}" for place, role in held]
        _note(desk, session, actor, "user.add", receipt, held[0][0], roles=granted)
    return receipt


def log_in(desk: Desk, login: str, password: str, address: str) -> Login:
    """Open a session for a local account.

    Args:
        desk: where.
        login: whose.
        password: as typed.
        address: where the attempt came from, for throttling.

    Raises:
        LoginError: login and password do not belong together; never tells which is wrong.
        LimitReached: too many attempts failed; also for the right password.
    """
    user = _prove(desk, login, password, address)
    with desk.store.writing() as session:
        return open_session(desk, session, user, "password")


def open_session(
    desk: Desk,
    session: Session,
    user: UserRow,
    method: str,
    confirmed_at: datetime | None = None,
    provider_session: str = "",
) -> Login:
    """Open a session for a user who has proved who they are, in the open transaction.

    Args:
        desk: where.
        session: of the transaction.
        user: who.
        method: how ("password", "oidc").
        confirmed_at: when they proved it; now, if it is not given.
        provider_session: what the identity provider calls its session behind this one.
    """
    now = desk.now()
    token = secrets.token_urlsafe(32)
    row = SessionRow(
        token_hash=hash_token(token),
        user_id=user.id,
        created_at=now,
        last_seen_at=now,
        ends_at=now + LONGEST_SESSION,
        confirmed_at=confirmed_at or now,
        method=method,
        provider_session=hash_token(provider_session) if provider_session else None,
    )
    session.add(row)
    session.flush()
    actor = find_actor(session, user, now)
    for place in sorted(actor.roles)[:1]:
        _note(
            desk, session, actor, "session.open", Receipt("session", row.id), place, method=method
        )
    return Login(token, row.id, user.id)


def find_presence(desk: Desk, token: str) -> Presence:
    """Return who a token stands for.

    Raises:
        LoginError: there is no such session, or it has ended.
    """
    now = desk.now()
    with desk.store.reading() as session:
        found = find_login(session, token)
        if found is None or not found[1].active or _ended(found[0], now):
            raise LoginError("the session has ended; log in again")
        row, user, held = found
        actor = to_actor(session, user, held, now)
        confirmation = Confirmation(user.id, row.confirmed_at or row.created_at, row.method)
        presence = Presence(actor, row.id, user.name, confirmation)
        stale = now - row.last_seen_at > _TOUCH
    if stale:
        with desk.store.writing() as session:
            seen = session.get(SessionRow, presence.session_id)
            if seen is not None:
                seen.last_seen_at = now
    return presence


def takes_password(desk: Desk, actor: Actor) -> bool:
    """Tell whether an actor confirms with a password of this desk, not at an identity provider."""
    with desk.store.reading() as session:
        user = find_user(session, actor.id)
        return user is not None and bool(user.password_hash)


def confirm(desk: Desk, token: str, password: str, address: str) -> Confirmation:
    """Prove again who is there, before a signature.

    Raises:
        LoginError: the password is wrong or the session has ended.
        LimitReached: too many attempts failed.
    """
    presence = find_presence(desk, token)
    with desk.store.reading() as session:
        user = find_user(session, presence.actor.id)
    _prove(desk, user.login if user is not None else "", password, address)
    return note_confirmation(desk, presence, "password", desk.now())


def note_confirmation(
    desk: Desk, presence: Presence, method: str, at: datetime, provider_session: str = ""
) -> Confirmation:
    """Keep that the user of a session has proved again who they are, and where.

    Raises:
        LoginError: the session has ended.
    """
    with desk.store.writing() as session:
        row = session.get(SessionRow, presence.session_id)
        if row is None or _ended(row, desk.now()):
            raise LoginError("the session has ended; log in again")
        row.confirmed_at, row.method = at, method
        if provider_session:
            row.provider_session = hash_token(provider_session)
    return Confirmation(presence.actor.id, at, method)


def log_out(desk: Desk, token: str) -> None:
    """End a session; one that has ended already is no error."""
    with desk.store.writing() as session:
        row = find_session(session, token)
        if row is not None and row.revoked_at is None:
            row.revoked_at = desk.now()


def revoke_sessions(desk: Desk, actor: Actor, user_id: str, facility_id: str) -> int:
    """End all sessions of a user at once; return how many there were.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    with desk.store.writing() as session:
        require(actor, "user.revoke", facility_id)
        if all(row.facility_id != facility_id for row in memberships_of(session, user_id)):
            raise NotFound("there is no such user here")
        count = revoke_sessions_of(session, user_id, desk.now())
        receipt = Receipt("user", user_id)
        _note(desk, session, actor, "user.revoke", receipt, facility_id, sessions=count)
    return count


def open_emergency(desk: Desk, actor: Actor, encounter_id: str, reason: str) -> Receipt:
    """Open a chart outside one's care teams for a while; the reason stays in the audit trail.

    Raises:
        InputError: no reason is given.
        NotFound: there is no such encounter at a facility of the actor.
    """
    if len(reason.strip()) < 5:
        raise InputError("a reason is needed", field="reason")
    now = desk.now()
    with desk.store.writing() as session:
        row = find_encounter(session, encounter_id)
        if row is None:
            raise NotFound("there is no such thing")
        require(actor, "encounter.open_emergency", row.facility_id)
        session.add(
            EmergencyRow(
                user_id=actor.id,
                encounter_id=encounter_id,
                reason=reason.strip()[:400],
                starts_at=now,
                ends_at=now + EMERGENCY,
            )
        )
        receipt = Receipt("encounter", encounter_id)
        note_event(
            desk,
            session,
            actor,
            "encounter.open_emergency",
            receipt,
            row.facility_id,
            encounter_id,
            reason=desk.store.digest(reason.strip()[:400]),
        )
    return receipt


def _prove(desk: Desk, login: str, password: str, address: str) -> UserRow:
    """Return the user whose login and password these are, and note the attempt.

    Raises:
        LoginError, LimitReached: as :func:`log_in`.
    """
    login = login.strip().lower()[:200]
    now = desk.now()
    with desk.store.reading() as session:
        of_login, of_address = count_failures(session, now - _WINDOW, login=login, address=address)
        user = find_user_by_login(session, login)
    if of_login >= _MOST_OF_LOGIN or of_address >= _MOST_OF_ADDRESS:
        raise LimitReached("too many attempts; try again in a quarter of an hour")
    kept = user.password_hash if user is not None and user.active else ""
    right, renewed = check_password(password, kept)
    with desk.store.writing() as session:
        add_attempt(session, login, address, now, succeeded=right)
        if right and renewed and user is not None:
            session.merge(user).password_hash = renewed
    if not right or user is None:
        raise LoginError("login or password is wrong")
    return user


def _ended(row: SessionRow, now: datetime) -> bool:
    return row.revoked_at is not None or row.ends_at <= now or now - row.last_seen_at > IDLE


def _note(
    desk: Desk,
    session: Session,
    actor: Actor,
    verb: str,
    receipt: Receipt,
    facility_id: str,
    **detail: object,
) -> None:
    note_event(desk, session, actor, verb, receipt, facility_id, None, **detail)
