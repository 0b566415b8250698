"""Ways in for browsers, by redirects: links of notices and the identity provider."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Cookie, Form, Path, Query, Request, status
from fastapi.responses import JSONResponse, RedirectResponse

from cdi.api.presence import (
    DeskOf,
    OptionalToken,
    Present,
    SignOnOf,
    Token,
)
from cdi.api.schemas import LogoutIn
from cdi.errors import CdiError, LoginError
from cdi.http import SESSION_COOKIE, keep_session
from cdi.workflow.desk import Desk
from cdi.workflow.identity import Presence, find_presence, log_out
from cdi.workflow.links import PATH, QUESTION_PATH, check_link, open_link
from cdi.workflow.single_sign_on import (
    CALLBACK,
    PATIENCE,
    arrive,
    depart,
    end_sessions,
    local_path,
    target_of,
)

LOGIN_PAGE = "/login"
MEMORY = "cdi_sign_on"
_NOT_KEPT = {"Cache-Control": "no-store"}
_SEE_OTHER = status.HTTP_303_SEE_OTHER
_Next = Annotated[
    str, Query(alias="next", max_length=400, description="Where to go then; a path of this desk.")
]

router = APIRouter(tags=["sign on"], default_response_class=RedirectResponse, responses={303: {}})


@router.get(PATH + "{token}", status_code=_SEE_OTHER, summary="Follow a link of a notice")
def follow_link(
    token: Annotated[str, Path(max_length=400)], desk: DeskOf, session: OptionalToken = None
) -> RedirectResponse:
    """Lead to the query of a link: at once with a session, else by way of the login page.

    The link is used up only by the user it was made for, logged in; it never replaces the login.
    """
    check_link(desk, token)
    presence = _present(desk, session)
    if presence is None:
        return _go(f"{LOGIN_PAGE}?next={quote(f'{PATH}{token}', safe='')}")
    return _go(f"{QUESTION_PATH}{open_link(desk, presence.actor, token)}")


@router.get("/login/oidc", status_code=_SEE_OTHER, summary="Log in at the identity provider")
def log_in(
    request: Request, sign_on: SignOnOf, desk: DeskOf, target: _Next = "/"
) -> RedirectResponse:
    """Send the browser to the identity provider; it comes back with a session."""
    departure = depart(desk, sign_on, target)
    return _leave(request, departure.url, departure.memory)


@router.get(
    "/login/oidc/confirm",
    status_code=_SEE_OTHER,
    summary="Confirm at the identity provider before a signature",
)
def confirm(
    request: Request, sign_on: SignOnOf, desk: DeskOf, presence: Present, target: _Next = "/"
) -> RedirectResponse:
    """Have the identity provider ask for the credentials anew; the session is confirmed by it."""
    departure = depart(desk, sign_on, target, presence)
    return _leave(request, departure.url, departure.memory)


@router.get(CALLBACK, status_code=_SEE_OTHER, summary="Come back from the identity provider")
def come_back(
    request: Request,
    sign_on: SignOnOf,
    desk: DeskOf,
    code: Annotated[str | None, Query(max_length=4000)] = None,
    state: Annotated[str, Query(max_length=400)] = "",
    iss: Annotated[str | None, Query(max_length=400)] = None,
    error: Annotated[str | None, Query(max_length=200)] = None,
    memory: Annotated[str, Cookie(alias=MEMORY, include_in_schema=False)] = "",
    session: OptionalToken = None,
) -> RedirectResponse:
    """Open or confirm the session and go where the browser wanted to.

    A browser that asks for a page is led back to the login page with the kind of problem, and
    from there, if its session stands, to where it wanted to go: what it typed there is kept.
    """
    answer = {"code": code, "state": state, "iss": iss, "error": error}
    given = {name: value for name, value in answer.items() if value is not None}
    try:
        arrival = arrive(desk, sign_on, memory, given, _present(desk, session))
    except CdiError as problem:
        if "text/html" not in request.headers.get("accept", ""):
            raise
        following = quote(target_of(desk, memory), safe="")
        response = _go(f"{LOGIN_PAGE}?problem={problem.code}&next={following}")
    else:
        response = _go(arrival.target)
        if arrival.login is not None:
            keep_session(request, response, arrival.login.token)
    response.delete_cookie(MEMORY, path=LOGIN_PAGE)
    return response


@router.post("/logout/oidc", status_code=_SEE_OTHER, summary="Log out here and at the provider")
def log_out_everywhere(
    sign_on: SignOnOf, desk: DeskOf, token: Token, target: _Next = LOGIN_PAGE
) -> RedirectResponse:
    """End the session here, then the one at the identity provider if it has such an address."""
    log_out(desk, token)
    back = local_path(target)
    response = _go(sign_on.provider.end_session_url(f"{desk.address}{back}") or back)
    response.delete_cookie(SESSION_COOKIE)
    return response


@router.post(
    "/logout/oidc/backchannel",
    response_class=JSONResponse,
    status_code=status.HTTP_200_OK,
    summary="Be told by the provider that somebody logged out",
)
def hear_logout(
    sign_on: SignOnOf, desk: DeskOf, given: Annotated[LogoutIn, Form()]
) -> JSONResponse:
    """End the sessions of the user, or behind the session, that the provider logged out.

    OpenID Connect Back-Channel Logout 1.0: by ``sub``, ``sid`` or both.
    """
    try:
        ended = end_sessions(desk, sign_on, given.logout_token)
    except LoginError as problem:
        return JSONResponse(
            {"error": "invalid_request", "error_description": str(problem)}, 400, _NOT_KEPT
        )
    return JSONResponse({"sessions": ended}, headers=_NOT_KEPT)


@router.get("/logout/oidc", status_code=_SEE_OTHER, summary="Log out at the provider")
def leave_provider(sign_on: SignOnOf, desk: DeskOf) -> RedirectResponse:
    """Lead to where the session at the identity provider ends; the one here is not touched."""
    back = f"{desk.address}{LOGIN_PAGE}"
    return _go(sign_on.provider.end_session_url(back) or LOGIN_PAGE)


def _present(desk: Desk, token: str | None) -> Presence | None:
    try:
        return find_presence(desk, token) if token else None
    except LoginError:
        return None


def _leave(request: Request, url: str, memory: str) -> RedirectResponse:
    """Return the way to the provider; what has to fit later waits in the browser, signed."""
    response = _go(url)
    response.set_cookie(
        MEMORY,
        memory,
        max_age=int(PATIENCE.total_seconds()),
        path=LOGIN_PAGE,
        httponly=True,
        secure=request.app.state.secure_cookies,
        samesite="lax",
    )
    return response


def _go(url: str) -> RedirectResponse:
    return RedirectResponse(url, _SEE_OTHER)
