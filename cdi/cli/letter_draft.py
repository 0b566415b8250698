"""``cdi letter draft``: draft query letters for the findings of a note or encounter."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

EXAMPLES = """Examples:

  cdi letter draft note.txt

  cdi letter draft samples/encounters/heart_failure.json --format html --output letters/

  cdi letter draft note.txt --condition sepsis --separate"""


def draft(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Notes, encounters, folders, or -.")
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="DIR", help="Write files here, txt and html."),
    ] = None,
    output_format: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="On the terminal: text, html or json.")
    ] = "text",
    condition: Annotated[
        list[str] | None, typer.Option("--condition", "-c", help="Only these conditions.")
    ] = None,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="With --output, PDF too; needs the extra cdi[pdf].")
    ] = False,
    letterhead: Annotated[
        Path | None,
        typer.Option("--letterhead", metavar="DIR", help="A facility's own templates."),
    ] = None,
    separate: Annotated[
        bool, typer.Option("--separate", help="One letter a finding, not one an encounter.")
    ] = False,
) -> None:
    """Draft letters; each is checked for compliance before it is shown.

    Exit code 1 if a draft has violations or a file could not be read.
    """
    import json
    import sys

    from cdi.cli.source import Problems, read_sources
    from cdi.compliance import load_pack, may_be_sent
    from cdi.compliance.documentation import documented_conditions, documented_wordings
    from cdi.letters.json_form import letter_record
    from cdi.workflow.draft import draft_letters
    from cdi.workflow.scan import default_scanner

    problems = Problems()
    scanner = default_scanner()
    for name in condition or ():
        scanner.catalogue.condition(name)
    pack = load_pack(scanner.catalogue)
    violations = 0
    for encounter in read_sources(paths, problems):
        review = scanner.scan(encounter)
        drafts = draft_letters(
            review,
            scanner.catalogue,
            pack,
            conditions=condition,
            separate=separate,
            letterhead=letterhead,
        )
        if not drafts:
            print(f"{encounter.id}: nothing to ask", file=sys.stderr)
        for number, draft in enumerate(drafts, 1):
            violations += not may_be_sent(draft.violations)
            for violation in draft.violations:
                print(
                    f"{encounter.id}: {violation.rule} {violation.where}: {violation.why}",
                    file=sys.stderr,
                )
            stem = encounter.id if len(drafts) == 1 else f"{encounter.id}-{number}"
            if output_format == "json":
                record = letter_record(
                    stem,
                    draft.letter,
                    encounter,
                    documented_wordings(review),
                    documented_conditions(review),
                    [finding.key for finding in review.findings],
                )
                typer.echo(json.dumps(record))
                continue
            if output is None:
                typer.echo(draft.letter.html if output_format == "html" else draft.letter.text)
                continue
            output.mkdir(parents=True, exist_ok=True)
            (output / f"{stem}.txt").write_text(draft.letter.text, encoding="utf-8")
            (output / f"{stem}.html").write_text(draft.letter.html, encoding="utf-8")
            if pdf:
                from cdi.letters.pdf import render_pdf

                (output / f"{stem}.pdf").write_bytes(render_pdf(draft.letter))
    if violations or problems.lost:
        raise typer.Exit(1)
