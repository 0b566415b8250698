"""``cdi evaluate``: precision and recall against expert labels."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

EXAMPLES = """Examples:

  cdi evaluate labelled/ --by-condition

  cdi evaluate labelled/ --errors --condition heart_failure

  cdi evaluate labelled/ --folds 5

  cdi evaluate labelled/ --format json

  cdi evaluate labelled/ --folds 5 --format markdown > docs/accuracy.md"""


def evaluate(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="[DIR]", help="Folder with dev.jsonl; CDI_EVAL_DIR if left out."),
    ] = None,
    condition: Annotated[
        list[str] | None, typer.Option("--condition", "-c", help="Only these conditions.")
    ] = None,
    by_condition: Annotated[
        bool, typer.Option("--by-condition", help="A line for each condition.")
    ] = False,
    errors: Annotated[
        bool,
        typer.Option(
            "--errors", help="List every false alert and miss with context and explanation."
        ),
    ] = False,
    folds: Annotated[
        int | None,
        typer.Option(
            "--folds",
            min=2,
            metavar="N",
            help="Also score N parts of the notes on their own, to show how the figures vary.",
        ),
    ] = None,
    output: Annotated[
        str, typer.Option("--format", help="table, json or markdown", metavar="FORMAT")
    ] = "table",
) -> None:
    """Compare the review with the labels of expert readers."""
    import json

    from cdi.cli.accuracy import accuracy_page, condition_lines, error_lines, fold_lines
    from cdi.errors import SettingError
    from cdi.settings import settings
    from cdi.workflow.cross_check import evaluate_folds
    from cdi.workflow.evaluation import evaluate as run
    from cdi.workflow.scan import default_scanner

    place = folder or settings().eval_dir
    if place is None:
        raise SettingError("name a folder with dev.jsonl, or set CDI_EVAL_DIR")
    path = place / "dev.jsonl" if place.is_dir() else place
    scanner = default_scanner()
    for name in condition or ():
        scanner.catalogue.condition(name)
    result = run(path, scanner, condition, explained=errors)
    parts = evaluate_folds(path, scanner, folds, condition) if folds else []
    if output == "markdown":
        typer.echo(accuracy_page(result, parts), nl=False)
        return
    figures = {name: round(value, 3) for name, value in result.figures().items()}
    if output == "json":
        shown = {"folds": [part.figures() for part in parts]} if parts else {}
        typer.echo(json.dumps({**figures, **shown}))
        return
    for error in result.errors if errors else ():
        typer.echo("\n".join(error_lines(error)))
    if by_condition:
        typer.echo("\n".join(condition_lines(result)))
    for name, value in figures.items():
        typer.echo(f"{name:24}{value:>8}")
    if parts:
        typer.echo("\n" + "\n".join(fold_lines(parts)))
