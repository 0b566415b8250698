"""Tokens of machines: each for one facility and a few verbs, shown once, kept as a hash."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cdi.domain.actor import Actor, StaffRole
from cdi.errors import InputError, LoginError, NotFound
from cdi.storage.sessions import hash_token
from cdi.storage.tables import FacilityRow, ServiceTokenRow
from cdi.storage.tokens import find_service_token, service_tokens
from cdi.workflow.answering import Confirmation
from cdi.workflow.desk import Desk, Receipt, note_event
from cdi.workflow.identity import Presence
from cdi.workflow.permissions import PERMISSIONS, reach, require

PREFIX = "cdi_"
"""How tokens of machines begin, so that scanners for leaked secrets know them."""
VERBS = frozenset(verb for verb, roles in PERMISSIONS.items() if StaffRole.SERVICE in roles)
"""What a machine can be allowed to do."""
LONGEST = timedelta(days=730)
# A machine signs nothing: it never confirmed who it is.
_NEVER = datetime.fromtimestamp(0, UTC)
# Writing at each call would make every read a write.
_TOUCH = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was made. ``secret`` is told once; "" for a machine that signs its calls."""

    receipt: Receipt
    secret: str


def add_token(
    desk: Desk,
    actor: Actor,
    facility_id: str,
    name: str,
    verbs: Collection[str],
    *,
    days: int = 365,
    issuer: str | None = None,
    jwks_url: str = "",
) -> NewToken:
    """Allow a machine to do some things at a facility.

    Args:
        desk: where.
        actor: an administrator of the facility.
        facility_id: the only place where the token counts.
        name: what the machine is, for the list and the trail.
        verbs: of :data:`VERBS`.
        days: how long it counts.
        issuer: of a CDS client that signs each call, in place of a secret.
        jwks_url: where the keys of the issuer are.

    Raises:
        InputError: no name, no such verb, too long, or an issuer without keys.
        ConflictError: the issuer is known already.
        NotFound, NotAllowed: as the permissions say.
    """
    _check(name, verbs, days, issuer, jwks_url)
    secret = "" if issuer else PREFIX + secrets.token_urlsafe(32)
    now = desk.now()
    with desk.store.writing() as session:
        if session.get(FacilityRow, facility_id) is None:
            raise NotFound("there is no such thing")
        require(actor, "token.add", facility_id)
        row = ServiceTokenRow(
            name=name.strip(),
            facility_id=facility_id,
            verbs=sorted(set(verbs)),
            token_hash=hash_token(secret) if secret else None,
            issuer=issuer,
            jwks_url=jwks_url,
            created_at=now,
            created_by=actor.id,
            ends_at=now + timedelta(days=days),
        )
        session.add(row)
        session.flush()
        receipt = Receipt("token", row.id)
        note_event(
            desk,
            session,
            actor,
            "token.add",
            receipt,
            facility_id,
            None,
            verbs=row.verbs,
            days=days,
        )
    return NewToken(receipt, secret)


def list_tokens(desk: Desk, actor: Actor) -> tuple[ServiceTokenRow, ...]:
    """Return the tokens of one's facilities that can still be used, newest first.

    Raises:
        NotAllowed: the actor administers nothing.
    """
    places = reach(actor, "token.list")
    with desk.store.reading() as session:
        return tuple(service_tokens(session, places, desk.now()))


def revoke_token(desk: Desk, actor: Actor, token_id: str) -> Receipt:
    """End a token at once; one that has ended already is no error.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    verb = "token.revoke"
    with desk.store.writing() as session:
        row = session.get(ServiceTokenRow, token_id)
        if row is None:
            raise NotFound("there is no such thing")
        require(actor, verb, row.facility_id)
        receipt = Receipt("token", row.id, state="revoked")
        if row.revoked_at is None:
            row.revoked_at = desk.now()
            note_event(desk, session, actor, verb, receipt, row.facility_id, None)
    return receipt


def find_machine(desk: Desk, token: str) -> Presence:
    """Return which machine a token stands for, with what it may do.

    Raises:
        LoginError: there is no such token, or it has ended or been revoked.
    """
    with desk.store.reading() as session:
        row = find_service_token(session, token)
    if row is None:
        raise LoginError("this token does not count; ask an administrator for another")
    return presence_of(desk, row)


def presence_of(desk: Desk, row: ServiceTokenRow) -> Presence:
    """Return the machine of a row, and note that it was there.

    Raises:
        LoginError: it has ended or been revoked.
    """
    now = desk.now()
    if row.revoked_at is not None or row.ends_at <= now:
        raise LoginError("this token does not count; ask an administrator for another")
    if row.last_used_at is None or now - row.last_used_at > _TOUCH:
        with desk.store.writing() as session:
            kept = session.get(ServiceTokenRow, row.id)
            if kept is not None:
                kept.last_used_at = now
    roles = {row.facility_id: frozenset({StaffRole.SERVICE})}
    actor = Actor(row.id, roles, verbs=frozenset(row.verbs))
    return Presence(actor, row.id, row.name, Confirmation(row.id, _NEVER, "token"))


def _check(name: str, verbs: Collection[str], days: int, issuer: str | None, jwks_url: str) -> None:
    if not 0 < len(name.strip()) <= 80:
        raise InputError("a name of at most 80 characters is needed", field="name")
    unknown = sorted(set(verbs) - VERBS)
    if unknown or not verbs:
        raise InputError(f"expected one or more of: {', '.join(sorted(VERBS))}", field="verbs")
    if not 0 < days <= LONGEST.days:
        raise InputError(f"between 1 and {LONGEST.days}", field="days")
    if bool(issuer) != bool(jwks_url):
        raise InputError("an issuer and the address of its keys go together", field="issuer")
