"""The commands of ``cdi``."""

from __future__ import annotations

from typing import Annotated

import typer

from cdi import __version__
from cdi.cli import (
    archive,
    assess,
    audit,
    coding,
    database,
    demo,
    evaluate,
    explain,
    intake,
    letter,
    people,
    review,
    rules,
    scan,
    serve,
    tokens,
    worker,
)

app = typer.Typer(
    name="cdi",
    help="Clinical documentation integrity: find gaps in clinical notes, ask compliant questions.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=True,
    pretty_exceptions_enable=False,
)
app.command("scan", epilog=scan.EXAMPLES)(scan.scan)
app.command("review", epilog=review.EXAMPLES)(review.review)
app.command("explain", epilog=explain.EXAMPLES)(explain.explain)
app.add_typer(letter.app, name="letter")
app.command("assess", epilog=assess.EXAMPLES)(assess.assess)
app.command("evaluate", epilog=evaluate.EXAMPLES)(evaluate.evaluate)
app.add_typer(rules.app, name="rules")
app.add_typer(database.app, name="db")
app.add_typer(audit.app, name="audit")
app.add_typer(archive.app, name="archive")
app.command("serve", epilog=serve.EXAMPLES)(serve.serve)
app.command("worker", epilog=worker.EXAMPLES)(worker.worker)
app.add_typer(demo.app, name="demo")
app.add_typer(people.facilities, name="facility")
app.add_typer(people.users, name="user")
app.add_typer(tokens.app, name="token")
app.add_typer(coding.app, name="coding")
app.add_typer(intake.app, name="intake")
app.command("serve-mllp")(intake.serve_mllp)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show it.")
    ] = False,
) -> None:
    pass
