"""``cdi worker``: what is done without anybody asking."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

EXAMPLES = """Examples:

  cdi worker

  cdi worker --no-periodic    # a second one beside it

  cdi worker --once           # do what is due and end, for a timer of your own

docs/operations.md tells what it does and which settings it heeds."""


def worker(
    site: Annotated[
        Path | None, typer.Option(help="The site's mapping of local codes, names and units.")
    ] = None,
    periodic: Annotated[
        bool, typer.Option(help="Set the clock; exactly one worker of a site should.")
    ] = True,
    once: Annotated[bool, typer.Option("--once", help="Do what is due now and end.")] = False,
) -> None:
    """Review new notes, deliver, remind, escalate, check again at night; until it is stopped."""
    from cdi.cli.opening import open_site_desk
    from cdi.interop.mapping import load_intake
    from cdi.logs import configure_logs
    from cdi.settings import settings
    from cdi.worker.jobs import Jobs
    from cdi.worker.run import run_worker

    configure_logs(settings().log_level)
    with open_site_desk(settings()) as desk:
        jobs = Jobs(desk, load_intake(site or settings().site_file), settings())
        if once:
            jobs.sweep()
        else:
            typer.echo("Working; stop with SIGTERM.", err=True)
            run_worker(jobs, settings(), periodic=periodic)
