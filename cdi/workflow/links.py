"""Links in notices: each leads one user to one query, once, and never stands for a login."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer

from cdi.domain.actor import Actor
from cdi.errors import LinkError, NotFound, SettingError
from cdi.storage.queries import find_query
from cdi.storage.sessions import forget_used, use_once
from cdi.workflow.desk import Desk, Receipt, note_event

LIFETIME = timedelta(days=14)
"""How long a link can be used."""
PATH = "/open/"
"""Where links lead; the rest of the path is the token."""
QUESTION_PATH = "/questions/"
"""Where a physician answers a query; the rest of the path is its id."""


def make_link(desk: Desk, query_id: str, user_id: str) -> str:
    """Return the address of a new link that leads a user to a query.

    Its token is signed and holds ids alone, nothing of a patient.

    Raises:
        SettingError: the desk does not know where people reach it.
    """
    if not desk.address:
        raise SettingError("public_url: links need the address of the desk (CDI_PUBLIC_URL)")
    ends = int((desk.now() + LIFETIME).timestamp())
    token = _signer(desk).dumps([query_id, user_id, ends, secrets.token_urlsafe(9)])
    return f"{desk.address}{PATH}{token}"


def check_link(desk: Desk, token: str) -> None:
    """Make sure that a link is one of ours and can still be used, before anybody logs in for it.

    Nothing is used up: mail filters open links too.

    Raises:
        LinkError: it is not, or it has expired.
    """
    _read(desk, token)


def open_link(desk: Desk, actor: Actor, token: str) -> str:
    """Use up a link and return the id of the query that it leads to.

    Whether the actor may see the query is asked when they open it.

    Raises:
        LinkError: it is not one of ours, has expired, or was used before.
        NotFound: it was made for somebody else.
    """
    query_id, user_id, nonce = _read(desk, token)
    now = desk.now()
    with desk.store.writing() as session:
        query = find_query(session, query_id)
        if user_id != actor.id or query is None:
            raise NotFound("there is no such thing")
        forget_used(session, now - LIFETIME)
        if not use_once(session, nonce, now):
            raise LinkError("this link was used; the query is in your list")
        receipt = Receipt("query", query.id, query.version, query.state.value)
        place, stay = query.facility_id, query.encounter_id
        note_event(desk, session, actor, "link.open", receipt, place, stay)
    return query_id


def _read(desk: Desk, token: str) -> tuple[str, str, str]:
    try:
        values: Any = _signer(desk).loads(token)
    except BadSignature:
        raise LinkError("this is no link of this desk; look for the query in your list") from None
    query_id, user_id, ends, nonce = values
    if desk.now().timestamp() > ends:
        raise LinkError("this link has expired; the query is in your list")
    return query_id, user_id, nonce


def _signer(desk: Desk) -> URLSafeSerializer:
    return URLSafeSerializer(desk.store.derive_key("links"), salt="cdi.link")
