"""Running an application: as a server until it is stopped, or just long enough to see it answer."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import Request, urlopen

import typer

from cdi.errors import SettingError

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

_PATIENCE = 20.0


def run_server(app: FastAPI, host: str, port: int) -> None:
    """Serve until SIGINT or SIGTERM; requests that are being answered then are finished."""
    typer.echo(f"Serving on http://{host}:{port}  (pages: /, API: /openapi.json)")
    _keep_loaded()
    _server(app, host, port).run()


def check_served(app: FastAPI, login: str, password: str) -> None:
    """Serve on a free port, see that the service is ready and an account logs in, and end.

    Raises:
        SettingError: it does not answer as it should.
    """
    with _served(app) as address:
        try:
            with urlopen(f"{address}/ready", timeout=_PATIENCE):
                pass
            body = json.dumps({"login": login, "password": password}).encode()
            headers = {"Content-Type": "application/json"}
            with urlopen(Request(f"{address}/api/session", body, headers), timeout=_PATIENCE):
                pass
        except URLError as error:
            raise SettingError(f"the desk does not answer as it should: {error.reason}") from None


def _keep_loaded() -> None:
    """Spare requests the search of all rules and models for garbage: a third of a second each."""
    gc.collect()
    gc.freeze()


def _server(app: FastAPI, host: str, port: int) -> uvicorn.Server:
    import uvicorn

    # No access log: the audit trail tells who saw what, and it is protected.
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        access_log=False,
        server_header=False,
        log_level="warning",
        log_config=None,  # ours stands
    )
    return uvicorn.Server(config)


@contextmanager
def _served(app: FastAPI) -> Iterator[str]:
    server = _server(app, "127.0.0.1", 0)
    thread = Thread(target=server.run)
    thread.start()
    try:
        until = time.monotonic() + _PATIENCE
        while not server.started and thread.is_alive() and time.monotonic() < until:
            time.sleep(0.05)
        if not server.started:
            raise SettingError("the desk cannot be served")
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
