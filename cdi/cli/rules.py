"""``cdi rules``: for the people who write rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from cdi.rules.catalogue import Catalogue

app = typer.Typer(
    help="Write, check and read the rules of the catalogue.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.command("list")
def list_rules() -> None:
    """List every condition with its findings and the number of examples."""
    from cdi.rules.catalogue import load_catalogue

    for condition in load_catalogue().conditions.values():
        findings = ", ".join(f"{rule.id} ({rule.spec.type})" for rule in condition.rules)
        spec = condition.spec
        count = f"{len(spec.examples):>3} examples"
        typer.echo(f"{spec.id:28} v{spec.version} {spec.status:8} {count}  {findings}")


@app.command(epilog="Example:\n\n  cdi rules show heart_failure")
def show(condition: Annotated[str, typer.Argument(help="Id of the condition.")]) -> None:
    """Show the page of one condition: what it looks for, why, its rules and examples."""
    from cdi.rules.catalogue import load_catalogue
    from cdi.rules.page import condition_page

    typer.echo(condition_page(load_catalogue().condition(condition)))


@app.command(
    "test",
    epilog="Examples:\n\n  cdi rules test\n\n  cdi rules test models/conditions/blood/anemia.yaml",
)
def run_tests(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE...]", help="Only these rule files.")
    ] = None,
) -> None:
    """Run the examples in the rule files and compare exactly."""
    from time import perf_counter

    from cdi.rules.examples import run_examples
    from cdi.workflow.scan import Scanner

    catalogue, names = _chosen(files)
    start = perf_counter()
    scanner = Scanner(catalogue)
    outcomes = [
        outcome
        for name in names
        for outcome in run_examples(catalogue.condition(name), scanner.scan)
    ]
    failed = [outcome for outcome in outcomes if not outcome.passed]
    for outcome in failed:
        typer.echo(f"FAILED {outcome.condition}: {outcome.example}")
        for difference in outcome.differences:
            typer.echo(f"       {difference}")
    seconds = perf_counter() - start
    typer.echo(f"{len(outcomes) - len(failed)} passed, {len(failed)} failed in {seconds:.1f} s")
    if failed:
        raise typer.Exit(1)


@app.command(epilog="Example:\n\n  cdi rules lint")
def lint(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE...]", help="Only these rule files.")
    ] = None,
) -> None:
    """Check form and house rules of the rule files without running the examples."""
    from cdi.rules.lint import lint_condition

    catalogue, names = _chosen(files)
    warnings = [warning for name in names for warning in lint_condition(catalogue.condition(name))]
    for warning in warnings:
        typer.echo(warning)
    typer.echo(f"{len(names)} files, {len(warnings)} warnings")
    if warnings:
        raise typer.Exit(1)


@app.command(epilog="Example:\n\n  cdi rules new hypokalemia --system renal_metabolic")
def new(
    condition: Annotated[str, typer.Argument(help="Id: small letters and underscores.")],
    system: Annotated[str, typer.Option(help="Body system: the folder it goes into.")],
) -> None:
    """Write a commented skeleton that passes its own examples."""
    from cdi import resources
    from cdi.rules.skeleton import write_skeleton

    path = write_skeleton(resources.models() / "conditions" / system, condition)
    typer.echo(f"{path}\nedit it, then run: cdi rules test {path}")


@app.command(epilog="Example:\n\n  cdi rules schema > models/condition.schema.json")
def schema() -> None:
    """Print the JSON Schema of a condition file, for completion in editors."""
    from cdi.rules.json_schema import condition_schema

    typer.echo(condition_schema(), nl=False)


@app.command(epilog="Example:\n\n  cdi rules docs docs/rules")
def docs(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the pages go.")],
) -> None:
    """Write a page for each condition and an index, in Markdown."""
    from cdi.rules.catalogue import load_catalogue
    from cdi.rules.page import write_pages

    count = write_pages(load_catalogue(), folder)
    typer.echo(f"{count} pages in {folder}")


def _chosen(files: list[Path] | None) -> tuple[Catalogue, list[str]]:
    """Return a catalogue and the conditions in it to look at.

    A named file is read from where it is, with the installed rules around it, so that it may
    refer to other conditions.
    """
    from cdi import resources
    from cdi.errors import ResourceNotFound
    from cdi.rules.catalogue import assemble, load_catalogue

    if not files:
        catalogue = load_catalogue()
        return catalogue, list(catalogue.conditions)
    for path in files:
        if not path.is_file():
            raise ResourceNotFound(f"there is no rule file {path}")
    names = [path.stem for path in files]
    installed = sorted((resources.models() / "conditions").glob("*/*.yaml"))
    others = [path for path in installed if path.stem not in names]
    catalogue = assemble(resources.models(), [*others, *files])
    return catalogue.restricted(names), names
