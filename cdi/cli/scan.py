"""``cdi scan``: findings of notes and encounters."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

if TYPE_CHECKING:
    from cdi.domain.encounter import Encounter
    from cdi.domain.finding import Review

EXAMPLES = """Examples:

  cdi scan note.txt

  cdi scan samples/encounters --format html --output report.html

  cdi scan notes.jsonl --format jsonl --jobs 2 > findings.jsonl

  cdi scan notes.csv --text-column note_body --condition sepsis --min-priority high

  cat note.txt | cdi scan -

Exit code: 0 all read, 1 something could not be read, 2 nothing could be done."""


class Format(StrEnum):
    """How findings are written."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    HTML = "html"


class Least(StrEnum):
    """The lowest priority to show."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


def scan(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", help="Files, folders, or - for standard input."),
    ],
    output_format: Annotated[Format, typer.Option("--format", help="How to write.")] = (
        Format.TABLE
    ),
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here, not to the terminal.")
    ] = None,
    condition: Annotated[
        list[str] | None, typer.Option("--condition", "-c", help="Only these conditions.")
    ] = None,
    min_priority: Annotated[Least, typer.Option(help="Leave out what matters less.")] = Least.LOW,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Processes.")] = 1,
    text_column: Annotated[
        str | None, typer.Option(help="Column of a CSV file that holds the text.")
    ] = None,
) -> None:
    """Review notes and encounters: what is vague, missing, contradicted or unsupported."""
    from cdi.cli.progress import Progress
    from cdi.cli.source import Problems, read_sources
    from cdi.workflow.stream import scan_all

    _check_conditions(condition)
    problems = Problems()
    narrow = partial(_narrow, conditions=frozenset(condition or ()), least=min_priority.value)
    lines = output_format is Format.JSONL
    finish: Callable[[Review], Review | str] = partial(_line if lines else _findings, narrow=narrow)
    with Progress(sys.stderr) as progress:
        encounters: Iterable[Encounter] = read_sources(paths, problems, text_column)
        results = progress.track(
            scan_all(encounters, finish, jobs=jobs, whole=lines, refused=problems)
        )
        if output is None:
            _write(results, output_format, sys.stdout)
        else:
            output.parent.mkdir(parents=True, exist_ok=True)
            with output.open("w", encoding="utf-8", newline="\n") as stream:
                _write(results, output_format, stream)
    if problems.lost:
        raise typer.Exit(1 if progress.done else 2)


def _check_conditions(names: list[str] | None) -> None:
    from cdi.rules.catalogue import load_catalogue

    for name in names or ():
        load_catalogue().condition(name)


def _narrow(review: Review, conditions: frozenset[str], least: str) -> Review:
    """Leave out findings nobody asked for; mentions stay."""
    from dataclasses import replace

    from cdi.domain.finding import Priority

    rank = Priority(least).rank
    kept = tuple(
        finding
        for finding in review.findings
        if finding.priority.rank >= rank and (not conditions or finding.condition in conditions)
    )
    return replace(review, findings=kept)


def _findings(review: Review, narrow: Callable[[Review], Review]) -> Review:
    """Leave out the readings: of these forms of output none shows them."""
    from dataclasses import replace

    return replace(narrow(review), readings=())


def _line(review: Review, narrow: Callable[[Review], Review]) -> str:
    from cdi.report.record import prediction_record

    return json.dumps(prediction_record(narrow(review)), ensure_ascii=True) + "\n"


def _write(results: Iterator[Review | str], form: Format, stream: TextIO) -> None:
    if form is Format.JSONL:
        for line in results:
            stream.write(str(line))
        return
    reviews = [result for result in results if not isinstance(result, str)]
    if form is Format.JSON:
        from cdi.report.record import review_record

        json.dump([review_record(review) for review in reviews], stream, indent=2)
        stream.write("\n")
    elif form is Format.HTML:
        from cdi.report.page import render_page

        stream.write(render_page(reviews))
    else:
        from cdi.report.table import print_table

        print_table(reviews, stream)
