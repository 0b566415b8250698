"""``cdi demo``: a desk to look at, with an account for each role."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from cdi.workflow.demo import DemoFolder, Script

app = typer.Typer(
    help="Load and serve a desk with synthetic patients and an account for each role.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
Folder = Annotated[Path, typer.Argument(help="Where its store and its own keys are kept.")]
_HERE = Path("build/demo/desk")


@app.command(
    "load",
    epilog="Examples:\n\n  cdi demo load && cdi demo serve\n\n"
    "  cdi demo load --fresh   # as of today\n\n"
    "  . build/demo/desk/demo.env && cdi audit verify",
)
def load(
    folder: Folder = _HERE,
    fresh: Annotated[bool, typer.Option("--fresh", help="Throw away what was done in it.")] = False,
) -> None:
    """Load the samples into a store of their own; one that is there already stays as it is."""
    from cdi.workflow.demo import DemoFolder

    place = DemoFolder(folder)
    if fresh:
        place.discard()
    script = _load(place)
    width = max(len(account.login) for account in script.accounts)
    typer.echo(f"The desk is in {place.store}. Its accounts:\n")
    for account in script.accounts:
        where = ", ".join(script.facilities[code].name for code in account.at)
        line = f"  {account.login:<{width}}  {account.role:<10}  {account.name}, {where}"
        typer.echo(line)
    typer.echo(f"\n  password of each: {_password()}\n")
    typer.echo(f"To use other commands on it: . {place.environment}")


@app.command("serve", epilog="Example:\n\n  cdi demo serve --port 8080")
def serve(
    folder: Folder = _HERE,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    check: Annotated[
        bool, typer.Option("--check", help="See that it answers and an account logs in; end.")
    ] = False,
) -> None:
    """Serve a loaded demonstration on this machine alone."""
    from cdi import resources
    from cdi.app import create_app
    from cdi.cli.opening import open_site_desk
    from cdi.cli.serving import check_served, run_server
    from cdi.errors import SettingError
    from cdi.interop.mapping import load_intake
    from cdi.logs import configure_logs
    from cdi.workflow.demo import DemoFolder

    place = DemoFolder(folder)
    if not place.store.exists():
        raise SettingError(f"there is no demonstration in {folder}; see cdi demo load")
    configure_logs("warning")
    with open_site_desk(place.settings(place.store)) as desk:
        intake = load_intake(resources.samples() / "feeds" / "site.yaml")
        app = create_app(desk, intake, secure_cookies=False)
        if check:
            check_served(app, "specialist", _password())
            typer.echo("The desk answers, and an account has logged in.")
        else:
            run_server(app, "127.0.0.1", port)


def _load(place: DemoFolder) -> Script:
    from rich.console import Console
    from rich.progress import Progress

    from cdi import resources
    from cdi.storage import schema
    from cdi.workflow.demo import load_demo, read_script
    from cdi.workflow.opening import open_desk

    samples = resources.samples()
    known = place.store.exists()
    if not known:
        place.begin()
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Reading rules and codes", total=None)
        desk = open_desk(place.settings(place.store if known else place.unfinished))
        progress.update(task, description="Loading the desk")
        try:
            schema.upgrade(desk.store.engine)
            load_demo(
                desk,
                samples,
                tell=lambda done, total: progress.update(task, completed=done, total=total),
            )
        finally:
            desk.store.close()
    if not known:
        place.finish()
    return read_script(samples)


def _password() -> str:
    from cdi.workflow.demo import PASSWORD

    return PASSWORD
