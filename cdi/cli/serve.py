"""``cdi serve``: the service."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

EXAMPLES = """Examples:

  cdi db upgrade && cdi serve

  cdi serve --host 0.0.0.0 --port 8443 --site site.yaml

CDI_DATABASE_URL names the database; put a proxy with TLS in front: session cookies are sent over
https only. To try it on your own machine without a proxy: CDI_SECURE_COOKIES=false cdi serve.
Run cdi worker beside it: it reviews, reminds and delivers."""


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    site: Annotated[
        Path | None, typer.Option(help="The site's mapping of local codes, names and units.")
    ] = None,
) -> None:
    """Serve the pages and the API; refuses a database that has not the tables of this version."""
    from cdi.app import create_app
    from cdi.cli.opening import open_site_desk
    from cdi.cli.serving import run_server
    from cdi.interop.mapping import load_intake
    from cdi.logs import configure_logs
    from cdi.settings import settings
    from cdi.workflow.opening import open_sign_on

    given = settings()
    configure_logs(given.log_level)
    sign_on = open_sign_on(given)
    with open_site_desk(given) as desk:
        intake = load_intake(site or given.site_file)
        app = create_app(desk, intake, sign_on, secure_cookies=given.secure_cookies)
        run_server(app, host, port)
