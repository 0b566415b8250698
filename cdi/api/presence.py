"""Who asks: the desk of the app and the session behind a request."""

from __future__ import annotations

from typing import Annotated

from fastapi import Cookie, Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from cdi.errors import LoginError, NotAllowed, NotFound
from cdi.http import SAFE_METHODS, SESSION_COOKIE, client_address, is_same_site
from cdi.interop.mapping import Intake
from cdi.workflow.desk import Desk
from cdi.workflow.identity import Presence, find_presence
from cdi.workflow.single_sign_on import SingleSignOn
from cdi.workflow.tokens import PREFIX, find_machine

bearer = HTTPBearer(auto_error=False, description="Of a session, or of a machine.")


def _desk(request: Request) -> Desk:
    desk = request.app.state.desk
    assert isinstance(desk, Desk)
    return desk


DeskOf = Annotated[Desk, Depends(_desk)]


def _sign_on(request: Request) -> SingleSignOn:
    """Return the identity provider of the app.

    Raises:
        NotFound: there is none.
    """
    sign_on = request.app.state.sign_on
    if not isinstance(sign_on, SingleSignOn):
        raise NotFound("no identity provider is configured; log in with a local account")
    return sign_on


SignOnOf = Annotated[SingleSignOn, Depends(_sign_on)]


def _intake(request: Request) -> Intake:
    intake = request.app.state.intake
    assert isinstance(intake, Intake)
    return intake


IntakeOf = Annotated[Intake, Depends(_intake)]


# Of a browser that opens a page: nobody has to be logged in yet.
OptionalToken = Annotated[str | None, Cookie(alias=SESSION_COOKIE, include_in_schema=False)]


def session_token(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
    cookie: OptionalToken = None,
) -> str:
    """Return the token of a request: a bearer token, or the cookie of a browser.

    A cookie is sent by the browser whoever made the page, so that a change through it has to come
    from a page of this site (Fetch Metadata; a browser without it must send ``Origin``).

    Raises:
        LoginError: there is none.
        NotAllowed: a change that another site asks for.
    """
    if credentials is not None:
        return credentials.credentials
    if cookie is None:
        raise LoginError("log in first")
    if request.method not in SAFE_METHODS and not is_same_site(request):
        raise NotAllowed("a change through a cookie must come from this site")
    return cookie


Token = Annotated[str, Depends(session_token)]


def _present(desk: DeskOf, token: Token) -> Presence:
    return find_machine(desk, token) if token.startswith(PREFIX) else find_presence(desk, token)


Present = Annotated[Presence, Depends(_present)]


Address = Annotated[str, Depends(client_address)]
