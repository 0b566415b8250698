"""What the API and the pages share of HTTP: session cookie, address, status of errors, defects."""

from __future__ import annotations

import secrets
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from cdi.errors import (
    CdiError,
    ConflictError,
    IdempotencyError,
    InputError,
    LimitReached,
    LinkError,
    LoginError,
    NotAllowed,
    NotCompliant,
    NotFound,
    ProviderError,
    SignatureError,
    StorageError,
    TransitionError,
)
from cdi.logs import get_log, place_of
from cdi.workflow.identity import LONGEST_SESSION

SESSION_COOKIE = "cdi_session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_LOG = get_log("http")

_STATUS: dict[type[CdiError], HTTPStatus] = {
    LoginError: HTTPStatus.UNAUTHORIZED,
    SignatureError: HTTPStatus.FORBIDDEN,
    NotAllowed: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    ConflictError: HTTPStatus.CONFLICT,
    TransitionError: HTTPStatus.CONFLICT,
    IdempotencyError: HTTPStatus.UNPROCESSABLE_ENTITY,
    InputError: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotCompliant: HTTPStatus.UNPROCESSABLE_ENTITY,
    LimitReached: HTTPStatus.TOO_MANY_REQUESTS,
    LinkError: HTTPStatus.GONE,
    ProviderError: HTTPStatus.SERVICE_UNAVAILABLE,
    StorageError: HTTPStatus.SERVICE_UNAVAILABLE,
}


def status_of(error: CdiError) -> HTTPStatus:
    """Return the status that an expected error is answered with."""
    kind = next((kind for kind in type(error).__mro__ if kind in _STATUS), None)
    return _STATUS[kind] if kind else HTTPStatus.INTERNAL_SERVER_ERROR


def is_same_site(request: Request) -> bool:
    """Tell whether a page of this site made the request.

    Fetch Metadata tells; a browser without it must send ``Origin``.
    """
    fetched = request.headers.get("sec-fetch-site")
    if fetched is not None:
        return fetched in {"same-origin", "none"}
    origin = request.headers.get("origin")
    return origin is not None and origin.split("://", 1)[-1] == request.headers.get("host")


def keep_session(request: Request, response: Response, token: str) -> None:
    """Give a browser its session, which no script and no other site can use."""
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=int(LONGEST_SESSION.total_seconds()),
        httponly=True,
        secure=request.app.state.secure_cookies,
        samesite="lax",
    )


def client_address(request: Request) -> str:
    """Return where a request came from; behind a proxy let uvicorn read its headers."""
    return request.client.host if request.client else ""


def log_defect(error: Exception, identifier: str) -> None:
    """Log kind and place of a defect only, since its message might quote a patient."""
    _LOG.error("defect", id=identifier, error=type(error).__name__, place=place_of(error))


def new_error_id() -> str:
    """Return an id for an error, to be told to the operator, who finds it in the log."""
    return secrets.token_hex(8)
