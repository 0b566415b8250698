"""The application over the desk of a test.

Its routes are built once a process: that takes longer than most tests of them.
"""

from __future__ import annotations

from functools import cache

from fastapi import FastAPI

from cdi.app import create_app
from cdi.interop.mapping import load_intake
from cdi.workflow.cds_clients import CdsClients
from cdi.workflow.desk import Desk


def app_over(desk: Desk, *, secure_cookies: bool = True) -> FastAPI:
    """Return the application over this desk, and over no desk of a test before it."""
    app = _build(secure_cookies)
    app.state.desk = app.state.pages.state.desk = desk
    app.state.cds_clients = CdsClients(desk)
    return app


@cache
def _build(secure_cookies: bool) -> FastAPI:
    return create_app(None, load_intake(None), secure_cookies=secure_cookies)  # type: ignore[arg-type]
