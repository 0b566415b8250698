"""Logging in, and confirming before a signature, at an identity provider."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer

from cdi.domain.actor import Actor
from cdi.errors import LoginError, SettingError, SignatureError
from cdi.interop.identity import Identity, LogoutNotice, Provider
from cdi.storage import Session
from cdi.storage.people import find_actor, find_user, find_user_by_login, find_user_by_subject
from cdi.storage.sessions import hash_token, sessions_behind, sessions_of, use_once
from cdi.storage.tables import SessionRow, UserRow
from cdi.workflow.answering import Confirmation
from cdi.workflow.desk import Desk, Receipt, note_event
from cdi.workflow.identity import Login, Presence, note_confirmation, open_session
from cdi.workflow.provisioning import RoleMap, add_account, align_roles

CALLBACK = "/login/oidc/callback"
"""Where the provider sends browsers back to; register it there after the address of the desk."""
PATIENCE = timedelta(minutes=10)
"""How long a login at the provider may take."""
_SKEW = timedelta(seconds=60)
_METHOD = "oidc"


@dataclass(frozen=True)
class SingleSignOn:
    """The provider of a site, and how its people become users.

    Attributes:
        link_claim: claim that names the login of an account that has no subject yet; "" to link
            none. An e-mail address must be verified.
        roles: which values of ``roles_claim`` give which roles; empty: the provider gives none.
    """

    provider: Provider
    link_claim: str = ""
    roles_claim: str = "groups"
    roles: RoleMap = field(default_factory=RoleMap)


@dataclass(frozen=True, slots=True)
class Departure:
    """A browser on its way to the provider; ``memory`` waits for it in a cookie."""

    url: str
    memory: str


@dataclass(frozen=True, slots=True)
class _Flow:
    """What has to fit when the browser comes back."""

    state: str
    nonce: str
    verifier: str
    target: str
    session_id: str
    began: float


@dataclass(frozen=True, slots=True)
class Arrival:
    """A browser back from the provider: a session if it logged in, and where it wanted to go."""

    login: Login | None
    target: str


def depart(
    desk: Desk, sign_on: SingleSignOn, target: str, presence: Presence | None = None
) -> Departure:
    """Send a browser to the provider.

    Args:
        desk: where.
        sign_on: the provider.
        target: where the browser goes afterwards; a path of the desk, else the front page.
        presence: whose identity is to be confirmed anew; None to log in.

    Raises:
        SettingError: the desk has no address to come back to.
        ProviderError: the provider cannot be reached.
    """
    session_id = presence.session_id if presence else ""
    flow = _Flow(
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        target=local_path(target),
        session_id=session_id,
        began=desk.now().timestamp(),
    )
    url = sign_on.provider.authorization_url(
        _back(desk), flow.state, flow.nonce, flow.verifier, again=presence is not None
    )
    values = [getattr(flow, name) for name in _Flow.__slots__]
    return Departure(url, _signer(desk).dumps(values))


def arrive(
    desk: Desk,
    sign_on: SingleSignOn,
    memory: str,
    answer: Mapping[str, str],
    presence: Presence | None,
) -> Arrival:
    """Take a browser back: open a session, or confirm the one that it has.

    Args:
        desk: where.
        sign_on: the provider.
        memory: the cookie of the departure.
        answer: what the provider appended to the address: code, state, iss, error.
        presence: the session that the browser has, None if it has none.

    Raises:
        LoginError: the answer does not belong to the departure, came before, or names nobody who
            has an account here.
        SignatureError: somebody else came back than was to be confirmed, or without proving it.
        ProviderError: the provider cannot be reached.
    """
    flow = _recall(desk, memory, answer.get("state", ""))
    if not sign_on.provider.accepts_issuer(answer.get("iss")):
        raise LoginError("the answer is not of the identity provider")
    if "error" in answer or "code" not in answer:
        raise LoginError("nobody logged in at the identity provider")
    with desk.store.writing() as session:
        if not use_once(session, flow.state, desk.now()):
            raise LoginError("this login was finished before; start again")
    identity = sign_on.provider.identify(
        _back(desk), answer["code"], flow.verifier, flow.nonce, desk.now()
    )
    if flow.session_id:
        _confirm(desk, presence, flow, identity)
        return Arrival(None, flow.target)
    return Arrival(_log_in(desk, sign_on, identity), flow.target)


def end_sessions(desk: Desk, sign_on: SingleSignOn, token: str) -> int:
    """End the sessions of whom, or behind what, the provider logged out; return how many.

    Somebody without an account or a session is no error.

    Raises:
        LoginError: the logout token does not count, or came before.
        ProviderError: the keys of the provider cannot be had.
    """
    notice = sign_on.provider.read_logout_token(token, desk.now())
    with desk.store.writing() as session:
        if not use_once(session, f"logout {notice.token_id}", desk.now()):
            raise LoginError("the logout token came before")
        ended: Counter[str] = Counter()
        for row in _meant(session, notice, desk.now()):
            row.revoked_at = desk.now()
            ended[row.user_id] += 1
        for user_id, sessions in ended.items():
            actor, receipt = _actor(desk, session, user_id), Receipt("user", user_id)
            for place in sorted(actor.roles)[:1]:
                detail = {"sessions": sessions, "method": _METHOD}
                note_event(desk, session, actor, "session.end", receipt, place, None, **detail)
    return ended.total()


def target_of(desk: Desk, memory: str) -> str:
    """Return where a browser wanted to go when it left; the front page if that is not known."""
    try:
        return _Flow(*_signer(desk).loads(memory)).target
    except (BadSignature, TypeError):
        return "/"


def local_path(target: str) -> str:
    """Return a path of this desk, the front page if it is none: no login leads elsewhere."""
    plain = target.isascii() and target.isprintable() and "\\" not in target
    return target if plain and target.startswith("/") and not target.startswith("//") else "/"


def _meant(session: Session, notice: LogoutNotice, now: datetime) -> list[SessionRow]:
    """Return the sessions that a notice of the provider ends.

    Of a user it names, those too that began at the provider behind a session it did not name.
    """
    if not notice.subject:
        return sessions_behind(session, notice.session, now)
    user = find_user_by_subject(session, notice.subject)
    rows = sessions_of(session, user.id, now) if user else []
    if not notice.session:
        return rows
    named = hash_token(notice.session)
    return [row for row in rows if row.provider_session == named or _is_unnamed(row)]


def _is_unnamed(row: SessionRow) -> bool:
    return row.method == _METHOD and row.provider_session is None


def _actor(desk: Desk, session: Session, user_id: str) -> Actor:
    return find_actor(session, session.get_one(UserRow, user_id), desk.now())


def _log_in(desk: Desk, sign_on: SingleSignOn, identity: Identity) -> Login:
    proved = identity.authenticated_at
    # Who says nothing of when has proved nothing that a signature could stand on.
    at = min(proved, desk.now()) if proved else datetime.fromtimestamp(0, desk.now().tzinfo)
    with desk.store.writing() as session:
        user = find_user_by_subject(session, identity.subject)
        user = user or _link(desk, session, sign_on, identity)
        named = sign_on.roles.named(identity.claims, sign_on.roles_claim)
        if user is None and named:
            user = add_account(desk, session, identity)
        if user is None or not user.active:
            raise LoginError("no account here; ask an administrator for one")
        if sign_on.roles:
            align_roles(desk, session, user, sign_on.roles, named)
        return open_session(desk, session, user, _METHOD, at, identity.session)


def _link(
    desk: Desk, session: Session, sign_on: SingleSignOn, identity: Identity
) -> UserRow | None:
    """Return the account that the linking claim names, linked from now on; None if none is."""
    named = identity.claims.get(sign_on.link_claim) if sign_on.link_claim else None
    verified = sign_on.link_claim != "email" or identity.claims.get("email_verified") is True
    if not isinstance(named, str) or not named or not verified:
        return None
    user = find_user_by_login(session, named.strip().lower())
    if user is None or user.subject is not None:
        return None
    user.subject = identity.subject
    session.flush()
    actor = find_actor(session, user, desk.now())
    for place in sorted(actor.roles)[:1]:
        note_event(desk, session, actor, "user.link", Receipt("user", user.id), place, None)
    return user


def _confirm(
    desk: Desk, presence: Presence | None, flow: _Flow, identity: Identity
) -> Confirmation:
    if presence is None or presence.session_id != flow.session_id:
        raise LoginError("the session has ended; log in again")
    with desk.store.reading() as session:
        user = find_user(session, presence.actor.id)
    if user is None or user.subject != identity.subject:
        raise SignatureError("somebody else confirmed at the identity provider")
    at = identity.authenticated_at
    if at is None or at.timestamp() < flow.began - _SKEW.total_seconds():
        raise SignatureError("the identity provider did not ask for the credentials anew")
    return note_confirmation(desk, presence, _METHOD, min(at, desk.now()), identity.session)


def _recall(desk: Desk, memory: str, state: str) -> _Flow:
    try:
        flow = _Flow(*_signer(desk).loads(memory))
    except (BadSignature, TypeError):
        raise LoginError("no login is under way here; start again") from None
    if not secrets.compare_digest(flow.state.encode(), state.encode("utf-8", "replace")):
        raise LoginError("the answer belongs to another login; start again")
    if desk.now().timestamp() - flow.began > PATIENCE.total_seconds():
        raise LoginError("the login took too long; start again")
    return flow


def _back(desk: Desk) -> str:
    if not desk.address:
        raise SettingError("public_url: single sign-on needs the address of the desk")
    return f"{desk.address}{CALLBACK}"


def _signer(desk: Desk) -> URLSafeSerializer:
    return URLSafeSerializer(desk.store.derive_key("sign-on"), salt="cdi.sign-on")
