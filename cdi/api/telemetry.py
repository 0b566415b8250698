"""What an operator sees of requests: counts and times by route, a log line each, a request id.

Routes are named by their template, never by the path asked for: a path holds ids, and whatever
else somebody typed.
"""

from __future__ import annotations

import re
import secrets
import time
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cdi.logs import get_log

_log = get_log("api")
_REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# Watching the watchers would be most of the log.
_QUIET = frozenset({"/health", "/ready", "/metrics"})
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Meter:
    """The counters of this process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._seconds = Histogram(
            "cdi_request_seconds",
            "Time to answer a request.",
            ("method", "route"),
            registry=self.registry,
            buckets=_BUCKETS,
        )
        self._requests = Counter(
            "cdi_requests",
            "Requests that were answered.",
            ("method", "route", "status"),
            registry=self.registry,
        )

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._seconds.labels(method, route).observe(seconds)
        self._requests.labels(method, route, str(status)).inc()


class Telemetry:
    """Measures and logs each request; gives it an id, or keeps that of a proxy before it."""

    def __init__(self, app: ASGIApp, meter: Meter) -> None:
        self._app, self._meter = app, meter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id, status, began = _request_id(scope), 500, time.perf_counter()

        async def tell(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message["headers"], (b"x-request-id", request_id.encode())]
                message = {**message, "headers": headers}
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, tell)
            finally:
                self._note(scope, status, time.perf_counter() - began)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        route = _template(scope)
        self._meter.count(method, route, status, seconds)
        if route not in _QUIET:
            milliseconds = round(seconds * 1000, 1)
            _log.info(
                "request", method=method, route=route, status=status, milliseconds=milliseconds
            )


def _template(scope: Scope) -> str:
    """Return the template of the route that answered; one name for all that no route did."""
    # A route knows its path below the routers it is in; FastAPI keeps the whole one beside it.
    whole: Any = scope.get("fastapi", {}).get("effective_route_context")
    route: Any = scope.get("route")
    return str(getattr(whole, "path", "") or getattr(route, "path", "") or "unmatched")


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            given: str = value.decode("latin-1")
            if _REQUEST_ID.fullmatch(given):
                return given
    return secrets.token_hex(8)
