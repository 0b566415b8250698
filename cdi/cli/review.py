"""``cdi review``: the story of a stay."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from cdi.domain.story import Story

EXAMPLES = """Examples:

  cdi review samples/stays

  cdi review bundle.json --as-of 2026-03-04T12:00:00-05:00 --timeline

  cdi review bundles/*.json --format json > stories.jsonl

  cdi review bundle.json --format html --output story.html

Without --as-of a stay is told to the end of its record.

Exit code: 0 all read, 1 something could not be read, 2 nothing could be done."""


class Format(StrEnum):
    """How a story is written."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"


def review(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="BUNDLE...", help="FHIR bundles or encounters: files or folders."),
    ],
    as_of: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="ISO 8601; what was recorded later does not count."),
    ] = None,
    timeline: Annotated[
        bool, typer.Option("--timeline", help="Also the notes and turns in order of time.")
    ] = False,
    output_format: Annotated[Format, typer.Option("--format", help="How to write.")] = Format.TEXT,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here, not to the terminal.")
    ] = None,
    site: Annotated[
        Path | None, typer.Option(help="The site's mapping of local codes, names and units.")
    ] = None,
) -> None:
    """Review stays over time: what is open, what was resolved and by whom, what opened again."""
    from cdi.cli.bundles import read_stays
    from cdi.cli.source import Problems
    from cdi.errors import InputError
    from cdi.workflow.stay import default_reviewer

    moment = _moment(as_of)
    problems = Problems()
    read = 0

    def stories() -> Iterator[Story]:
        nonlocal read
        for encounter in read_stays(paths, problems, site):
            try:
                story = default_reviewer().review(encounter, moment)
            except InputError as error:
                problems(error)
                continue
            read += 1
            yield story

    written = _written(stories(), as_of, output_format, timeline)
    if output is None:
        sys.stdout.writelines(written)
    else:
        output.parent.mkdir(parents=True, exist_ok=True)
        with output.open("w", encoding="utf-8", newline="\n") as stream:
            stream.writelines(written)
    if problems.lost:
        raise typer.Exit(1 if read else 2)


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        raise typer.BadParameter("expected ISO 8601", param_hint="--as-of") from None


def _written(
    stories: Iterator[Story], as_of: str | None, form: Format, timeline: bool
) -> Iterator[str]:
    if form is Format.JSON:
        from cdi.report.story_record import story_record

        for story in stories:
            yield json.dumps(story_record(story, as_of), ensure_ascii=True) + "\n"
    elif form is Format.HTML:
        from cdi.report.page import render_stories
        from cdi.rules.catalogue import load_catalogue

        yield render_stories(list(stories), load_catalogue().analytes)
    else:
        from cdi.report.story_text import story_lines

        for story in stories:
            yield from (line + "\n" for line in story_lines(story, timeline=timeline))
