"""The service as one ASGI application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from cdi import __version__
from cdi.api.problems import MEDIA_TYPE, Problem, install_problem_handlers, tell_defect
from cdi.api.routes import (
    cds,
    coding,
    deliveries,
    diagnoses,
    encounters,
    events,
    fhir,
    findings,
    letter_audits,
    metrics,
    queries,
    session,
    subscriptions,
    tokens,
    users,
    vitals,
)
from cdi.api.routes import sign_on as ways_in
from cdi.api.telemetry import Meter, Telemetry
from cdi.errors import CdiError
from cdi.interop.mapping import Intake
from cdi.storage.schema import check, check_revision
from cdi.web.site import create_pages
from cdi.workflow.cds_clients import CdsClients
from cdi.workflow.desk import Desk
from cdi.workflow.single_sign_on import SingleSignOn

# Nothing of the API is a page; what is not allowed here a browser will not do with an answer.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_PROBLEMS: dict[int | str, dict[str, object]] = {
    status: {"model": Problem, "description": what}
    for status, what in {
        400: "The body is no JSON",
        401: "Nobody is logged in",
        403: "Not for this role, or not confirmed",
        404: "There is no such thing, or not for this user",
        409: "Changed by somebody else, or not possible now",
        410: "The link was used or has expired",
        422: "The request is not valid, or the letter not compliant",
        429: "Too many attempts, or a limit of the facility",
        503: "The database or the identity provider cannot be used",
    }.items()
}


_API = (
    session,
    encounters,
    findings,
    queries,
    diagnoses,
    coding,
    events,
    users,
    tokens,
    fhir,
    subscriptions,
    deliveries,
    letter_audits,
    metrics,
)


def create_app(
    desk: Desk,
    intake: Intake,
    sign_on: SingleSignOn | None = None,
    *,
    secure_cookies: bool = True,
) -> FastAPI:
    """Return the application over a desk.

    Args:
        desk: store, rules and clock; the caller closes the store when the application has ended.
        intake: what codes and authors of incoming bundles mean at this site.
        sign_on: the identity provider; None where there are local accounts only.
        secure_cookies: whether cookies travel over https only.
    """
    app = FastAPI(
        title="cdi",
        version=__version__,
        summary="Clinical documentation integrity: findings, queries, answers, diagnoses.",
        docs_url=None,
        redoc_url=None,
    )
    app.state.desk, app.state.intake, app.state.sign_on = desk, intake, sign_on
    app.state.was_ready = False
    app.state.secure_cookies = secure_cookies
    app.state.cds_clients = CdsClients(desk)
    install_problem_handlers(app)
    app.middleware("http")(_add_headers)
    app.state.meter = Meter()
    app.add_middleware(Telemetry, meter=app.state.meter)
    api = APIRouter(prefix="/api", responses=_PROBLEMS)
    for part in _API:
        api.include_router(part.router)
    app.include_router(api)
    app.include_router(cds.router, responses=_PROBLEMS)
    app.include_router(ways_in.router, responses=_PROBLEMS)
    app.include_router(vitals.router, responses=_PROBLEMS)
    app.openapi = partial(_document, app, app.openapi)  # type: ignore[method-assign]
    app.add_api_route("/health", _tell_health, tags=["operation"])
    app.add_api_route("/ready", _tell_ready, tags=["operation"])
    pages = create_pages(desk, secure_cookies=secure_cookies, sign_on=sign_on is not None)
    app.state.pages = pages
    _add_pages(app, pages)
    return app


def _add_pages(app: FastAPI, pages: FastAPI) -> None:
    """Give the pages whatever no route of the API knows; below ``/api`` that stays a problem."""
    unknown = app.router.default

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        of_api = str(scope.get("path", "")).startswith("/api/")
        await (unknown if of_api else pages)(scope, receive, send)

    app.router.default = answer


def _document(app: FastAPI, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return the OpenAPI document; problems have a media type of their own there too."""
    if app.openapi_schema is None:
        for path in make()["paths"].values():
            for operation in path.values():
                for status, answer in operation["responses"].items():
                    content = answer.get("content", {})
                    if status >= "400" and content:
                        content[MEDIA_TYPE] = content.pop(next(iter(content)))
    return make()


async def _add_headers(
    request: Request, call_next: Callable[[Request], Awaitable[Response]]
) -> Response:
    try:
        response = await call_next(request)
    except Exception as error:  # left alone, the server would log its message
        response = tell_defect(error)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _tell_health() -> dict[str, str]:
    """Tell that the process answers."""
    return {"status": "ok", "version": __version__}


def _tell_ready(request: Request) -> JSONResponse:
    """Tell whether the database can be used and has the schema of this version.

    The first time it is ready, all its tables have been compared; after that, its revision is.
    """
    state = request.app.state
    try:
        (check_revision if state.was_ready else check)(state.desk.store.engine)
        state.was_ready = True
    except CdiError as error:
        return JSONResponse({"status": "not ready", "reason": error.code}, status_code=503)
    return JSONResponse({"status": "ready"})
