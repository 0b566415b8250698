"""``cdi serve``: the service."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

EXAMPLES = """Examples:

  cdi db upgrade && cdi serve

  cdi serve --host 0.0.0.0 --port 8443 --site site.yaml

CDI_DATABASE_URL names the database; put a proxy with TLS in front: session cookies are sent over
https only."""


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    site: Annotated[
        Path | None, typer.Option(help="The site's mapping of local codes, names and units.")
    ] = None,
) -> None:
    """Serve the API; refuses a database that has not the tables of this version."""
    import uvicorn

    from cdi.app import create_app
    from cdi.interop.mapping import load_intake
    from cdi.settings import settings
    from cdi.storage import schema
    from cdi.workflow.opening import open_desk

    desk = open_desk(settings())
    try:
        schema.check(desk.store.engine)
        app = create_app(desk, load_intake(site or settings().site_file))
        typer.echo(f"Serving on http://{host}:{port}  (API: /openapi.json, health: /health)")
        # No access log: the audit trail tells who saw what, and it is protected.
        uvicorn.run(
            app, host=host, port=port, access_log=False, server_header=False, log_level="warning"
        )
    finally:
        desk.store.close()
