"""Errors as pages: what happened, an id for the operator, and nothing typed lost.

Whatever was posted comes back in the page of the error, so that one press sends it again: after a
new login, over the version there is now, or just once more.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from cdi.errors import (
    CdiError,
    ConflictError,
    LimitReached,
    LoginError,
    NotCompliant,
    TransitionError,
)
from cdi.http import SAFE_METHODS, SESSION_COOKIE, log_defect, new_error_id, status_of
from cdi.web.forgery import FIELD, StaleForm, make_token
from cdi.web.visit import LOGIN_FIELD, PASSWORD_FIELD
from cdi.workflow.directory import name_people

_NOT_CARRIED = frozenset({FIELD, LOGIN_FIELD, PASSWORD_FIELD, "password"})
_TITLES = {
    HTTPStatus.FORBIDDEN: "Not for this role",
    HTTPStatus.NOT_FOUND: "There is no such page, or not for you",
    HTTPStatus.CONFLICT: "Changed meanwhile",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Something is missing or wrong",
    HTTPStatus.TOO_MANY_REQUESTS: "Not now",
    HTTPStatus.SERVICE_UNAVAILABLE: "The database does not answer",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong",
}


_STALE = {
    "title": "You have logged in anew",
    "detail": "Nothing was changed so far. What you typed is still here: send it now.",
}


async def tell_expected(request: Request, error: Exception) -> Response:
    """Answer an error that the project raises on purpose."""
    assert isinstance(error, CdiError)
    carried = _carried(request)
    if isinstance(error, LoginError) or (isinstance(error, LimitReached) and _logs_in(request)):
        return _ask_for_login(request, error, carried)
    content: dict[str, Any] = {"detail": str(error), "carried": carried}
    if isinstance(error, ConflictError):
        content |= _tell_conflict(request, error)
    if isinstance(error, StaleForm):
        content |= _STALE
    if isinstance(error, TransitionError):
        content["detail"] = f"{error} Somebody may have been quicker."
    if isinstance(error, NotCompliant):
        content["detail"] = f"The letter is not sent: it violates {', '.join(error.rules)}."
    return _answer(request, status_of(error), content)


async def tell_invalid(request: Request, error: Exception) -> Response:
    """Name each field that is wrong, without its value."""
    assert isinstance(error, RequestValidationError)
    fields = [f"{'.'.join(map(str, wrong['loc']))}: {wrong['msg']}" for wrong in error.errors()]
    content = {"detail": "; ".join(fields), "carried": _carried(request)}
    return _answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, content)


async def tell_http(request: Request, error: Exception) -> Response:
    """Answer what has no route, or not with this method."""
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    return _answer(request, status, {"detail": "", "carried": []})


def tell_defect(request: Request, error: Exception) -> Response:
    """Answer a defect; the log gets its kind and place under the id that the page shows."""
    identifier = new_error_id()
    log_defect(error, identifier)
    content = {
        "detail": "It is not your fault, and nothing was changed. Tell the operator the id.",
        "carried": _carried(request),
        "id": identifier,
    }
    return _answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, content)


def _ask_for_login(request: Request, error: CdiError, carried: list[tuple[str, str]]) -> Response:
    """Ask for a login: elsewhere for a look, in place where something was typed."""
    partial = "hx-request" in request.headers
    if request.method in SAFE_METHODS and not partial:
        here = request.url.path
        return RedirectResponse(f"/login?next={quote(here)}" if here != "/" else "/login", 303)
    content = {
        "carried": carried,
        "wrong": str(error) if _logs_in(request) else "",
        "sign_on": request.app.state.sign_on,
    }
    if not partial:
        return HTMLResponse(_render(request, "again.html", content), status_of(error))
    # Settled at once: keys pressed as soon as the fields are seen must not lose the focus.
    swap = "innerHTML settle:0ms"
    headers = {"HX-Retarget": "#again", "HX-Reswap": swap, "HX-Trigger": "login-needed"}
    return HTMLResponse(_render(request, "_again.html", content), 401, headers)


def _tell_conflict(request: Request, error: ConflictError) -> dict[str, Any]:
    who = error.changed_by or ""
    return {
        "detail": "",
        "changed_by": name_people(request.app.state.desk, [who]).get(who, ""),
        "version": error.version,
        "conflict": True,
        "reason": str(error) if error.version is None else "",
    }


def _answer(request: Request, status: HTTPStatus, content: Mapping[str, Any]) -> Response:
    shown = {
        "title": _TITLES.get(status, status.phrase),
        "status": status.value,
        "id": new_error_id(),
        "conflict": False,
        "changed_by": "",
        "version": None,
        "reason": "",
        "back": _way_back(request),
        **content,
    }
    if "hx-request" in request.headers:
        headers = {"HX-Retarget": "#notice", "HX-Reswap": "innerHTML"}
        return HTMLResponse(_render(request, "_problem.html", shown), status, headers)
    return HTMLResponse(_render(request, "problem.html", shown), status)


def _render(request: Request, template: str, content: Mapping[str, Any]) -> str:
    environment = request.app.state.environment
    assert isinstance(environment, Environment)
    token = request.cookies.get(SESSION_COOKIE, "")
    return environment.get_template(template).render(
        csrf=make_token(token) if token else "", path=request.url.path, **content
    )


def _carried(request: Request) -> list[tuple[str, str]]:
    """Return what was posted, but no secret."""
    form = getattr(request.state, "form", None)
    if not isinstance(form, FormData):
        return []
    return [
        (name, value)
        for name, value in form.multi_items()
        if isinstance(value, str) and name not in _NOT_CARRIED
    ]


def _logs_in(request: Request) -> bool:
    form = getattr(request.state, "form", None)
    return isinstance(form, FormData) and PASSWORD_FIELD in form


def _way_back(request: Request) -> str:
    """Return the page of this site that the visitor came from, else the first page."""
    came_from = urlsplit(request.headers.get("referer", ""))
    own = came_from.netloc == request.headers.get("host") and came_from.path != request.url.path
    return came_from.path if own and came_from.path.startswith("/") else "/"
