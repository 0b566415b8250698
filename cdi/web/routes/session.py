"""Logging in and out, in place where a session ended, and choosing a facility."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from cdi.errors import LimitReached, LoginError, NotAllowed, NotFound
from cdi.http import SESSION_COOKIE, client_address, is_same_site, keep_session, status_of
from cdi.web.forgery import make_token
from cdi.web.visit import (
    LOGIN_FIELD,
    PASSWORD_FIELD,
    PLACE_COOKIE,
    AnyVisit,
    Form,
    set_notice,
)
from cdi.workflow.identity import LONGEST_SESSION, Login, find_presence, log_in, log_out

router = APIRouter()
_AWAY = {
    "login": "you could not be logged in there; try again, or ask an administrator for an account",
    "signature": "that did not confirm who you are; log in again",
    "provider": "your organisation's login cannot be reached now; try again in a minute",
}

_UNCONFIRMED = {
    "login": "You were not confirmed there. Nothing is lost: try again.",
    "signature": "That did not confirm who you are. Nothing is lost: try again.",
    "provider": "Your organisation's login cannot be reached now. Nothing is lost: try again.",
}


@router.get("/")
def land(visit: AnyVisit) -> Response:
    """Lead to the first page of the visitor's role."""
    menu = visit.menu
    if not menu:
        return visit.page("nothing.html")
    return RedirectResponse(menu[0].path, 303)


@router.get("/login")
def show_login(
    request: Request,
    next: Annotated[str, Query(max_length=400)] = "/",
    problem: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """Show the form; who is logged in already goes where they were going.

    ``problem`` is the kind of error with which the identity provider was left; it is told there.
    """
    try:
        find_presence(request.app.state.desk, request.cookies.get(SESSION_COOKIE, ""))
    except LoginError:
        return _form(request, next, _AWAY.get(problem, ""), 200, left=problem == "left")
    response = RedirectResponse(_own_path(next), 303)
    if problem in _UNCONFIRMED:
        set_notice(request, response, _UNCONFIRMED[problem])
    return response


@router.post("/login")
def open_session(request: Request, form: Form) -> Response:
    """Open a session, or tell why not: wrong words and too many attempts look different."""
    following = _own_path(str(form.get("next", "/")))
    try:
        login = _log_in(request, form, "login", "password")
    except (LoginError, LimitReached) as error:
        return _form(request, following, str(error), status_of(error))
    response = RedirectResponse(following, 303)
    keep_session(request, response, login.token)
    return response


@router.post("/login/again")
def reopen_session(request: Request, form: Form) -> Response:
    """Open a session from within a page; the page then repeats what it was about to do.

    Who logged in at the identity provider meanwhile, in another tab, goes on with that session.
    """
    try:
        if form.get("elsewhere"):
            return _go_on(_of_other_tab(request))
        login = _log_in(request, form, LOGIN_FIELD, PASSWORD_FIELD)
    except (LoginError, LimitReached) as error:
        template = request.app.state.environment.get_template("_again.html")
        sign_on = request.app.state.sign_on
        return HTMLResponse(template.render(wrong=str(error), carried=[], sign_on=sign_on))
    response = _go_on(login.token)
    keep_session(request, response, login.token)
    return response


@router.get("/login/done")
def show_done(visit: AnyVisit) -> Response:
    """Tell who logged in beside a page on which something was typed to go back to it."""
    return visit.page("logged_in.html")


@router.post("/logout")
def close_session(visit: AnyVisit) -> Response:
    """End the session."""
    log_out(visit.desk, visit.token)
    # A form may lead to this site alone; the way to the provider is a link on the page.
    left = "?problem=left" if visit.request.app.state.sign_on else ""
    response = RedirectResponse(f"/login{left}", 303)
    response.delete_cookie(SESSION_COOKIE)
    return response


@router.post("/facility")
def choose_facility(visit: AnyVisit) -> Response:
    """Work at another of one's facilities from now on."""
    wanted = visit.text("facility")
    if wanted not in {place.id for place in visit.places}:
        raise NotFound("there is no such facility")
    response = visit.go("/")
    response.set_cookie(
        PLACE_COOKIE,
        wanted,
        max_age=int(LONGEST_SESSION.total_seconds()) * 60,
        httponly=True,
        samesite="lax",
        secure=visit.request.app.state.secure_cookies,
    )
    return response


def _go_on(token: str) -> Response:
    told = {"logged-in": {"csrf": make_token(token)}}
    return Response(status_code=204, headers={"HX-Trigger": json.dumps(told)})


def _of_other_tab(request: Request) -> str:
    if not is_same_site(request):
        raise NotAllowed("a login must come from a page of this site")
    token = request.cookies.get(SESSION_COOKIE, "")
    find_presence(request.app.state.desk, token)
    return token


def _log_in(request: Request, form: Form, login: str, password: str) -> Login:
    if not is_same_site(request):
        raise NotAllowed("a login must come from a page of this site")
    return log_in(
        request.app.state.desk,
        str(form.get(login, "")),
        str(form.get(password, "")),
        client_address(request),
    )


def _form(
    request: Request, following: str, wrong: str, status: int, *, left: bool = False
) -> HTMLResponse:
    template = request.app.state.environment.get_template("login.html")
    sign_on = request.app.state.sign_on
    text = template.render(
        next=_own_path(following), wrong=wrong, sign_on=sign_on, left=left and sign_on
    )
    return HTMLResponse(text, status)


def _own_path(path: str) -> str:
    """Return a path of this site; anything else leads to the first page."""
    own = path.startswith("/") and not path.startswith(("//", "/\\")) and "\n" not in path
    return path if own else "/"
