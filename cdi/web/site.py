"""All pages as one ASGI application, to be mounted beside the API."""

from __future__ import annotations

import pkgutil
from collections.abc import Awaitable, Callable, Iterator
from importlib import import_module
from types import ModuleType

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

from cdi.errors import CdiError
from cdi.web import routes
from cdi.web.assets import Assets
from cdi.web.errors import tell_defect, tell_expected, tell_http, tell_invalid
from cdi.web.menu import Entry
from cdi.web.rendering import make_environment
from cdi.workflow.desk import Desk

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    # A page of patient data stays in no cache, and not behind the back button of a shared machine.
    "Cache-Control": "no-store",
}
_SMALLEST_ZIPPED = 800


def create_pages(desk: Desk, *, secure_cookies: bool = True, sign_on: bool = False) -> FastAPI:
    """Return the pages over a desk.

    Args:
        desk: store, rules and clock.
        secure_cookies: whether cookies travel over https only; off only to try it on one machine.
        sign_on: whether one can log in at an identity provider too.
    """
    pages = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    state = pages.state
    state.desk, state.secure_cookies, state.sign_on = desk, secure_cookies, sign_on
    state.assets = Assets()
    state.menu = []
    for module in _route_modules():
        pages.include_router(module.router)
        state.menu.extend(getattr(module, "MENU", ()))
    state.menu.sort(key=_place_of_entry)
    state.environment = make_environment(state.assets)
    pages.include_router(state.assets.router)
    pages.add_exception_handler(CdiError, tell_expected)
    pages.add_exception_handler(RequestValidationError, tell_invalid)
    pages.add_exception_handler(HTTPException, tell_http)
    pages.middleware("http")(_guard)
    pages.add_middleware(GZipMiddleware, minimum_size=_SMALLEST_ZIPPED)
    return pages


def _route_modules() -> Iterator[ModuleType]:
    """Yield every module of the routes package; a new page is found by being there."""
    for found in sorted(pkgutil.iter_modules(routes.__path__), key=lambda found: found.name):
        yield import_module(f"{routes.__name__}.{found.name}")


def _place_of_entry(entry: Entry) -> tuple[int, str]:
    return entry.place, entry.label


async def _guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    try:
        response = await call_next(request)
    except Exception as error:  # left alone, the server would log its message
        response = tell_defect(request, error)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response
