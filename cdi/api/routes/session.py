"""Logging in and out, and confirming before a signature."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response, status

from cdi.api.presence import Address, DeskOf, Present, Token
from cdi.api.schemas import Credentials, MeOut, Password, SessionOut
from cdi.http import SESSION_COOKIE, keep_session
from cdi.workflow.identity import (
    Presence,
    confirm,
    find_presence,
    log_in,
    log_out,
)

router = APIRouter(prefix="/session", tags=["session"])


@router.post("", status_code=status.HTTP_201_CREATED)
def open_session(
    credentials: Credentials, desk: DeskOf, address: Address, request: Request, response: Response
) -> SessionOut:
    """Open a session for a local account; browsers also get it as a cookie."""
    login = log_in(desk, credentials.login, credentials.password, address)
    keep_session(request, response, login.token)
    return SessionOut(token=login.token, user_id=login.user_id)


@router.get("")
def show_session(presence: Present) -> MeOut:
    """Tell who is logged in and what they may do where."""
    return _me(presence)


@router.post("/confirm")
def confirm_session(body: Password, desk: DeskOf, token: Token, address: Address) -> MeOut:
    """Prove again who is there: an answer is signed within minutes of it."""
    confirm(desk, token, body.password, address)
    return _me(find_presence(desk, token))


@router.delete("", status_code=status.HTTP_204_NO_CONTENT)
def close_session(desk: DeskOf, token: Token, response: Response) -> None:
    """End the session."""
    log_out(desk, token)
    response.delete_cookie(SESSION_COOKIE)


def _me(presence: Presence) -> MeOut:
    return MeOut(
        user_id=presence.actor.id,
        name=presence.name,
        roles={
            place: sorted(role.value for role in held)
            for place, held in presence.actor.roles.items()
        },
        confirmed_at=presence.confirmed.at,
    )
