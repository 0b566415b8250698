"""``cdi explain``: why a condition was asked about, or why not."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

EXAMPLES = """Examples:

  cdi explain heart_failure note.txt

  cdi explain sepsis samples/encounters/urosepsis.json"""


def explain(
    condition: Annotated[str, typer.Argument(help="A condition of the catalogue.")],
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A note or encounter.")],
) -> None:
    """Show for each rule of a condition its sentence, each name with its truth, and the outcome."""
    from cdi.cli.source import Problems, read_sources
    from cdi.domain.evidence_text import evidence_text
    from cdi.workflow.scan import default_scanner

    scanner = default_scanner()
    for encounter in read_sources([path], Problems()):
        for rule in scanner.explain(encounter, condition):
            typer.echo(f"{encounter.id}: {rule.rule} (version {rule.version})")
            typer.echo(f"  rule     {rule.sentence}")
            for name in rule.names:
                texts = [repr(evidence_text(p, encounter)) for p in name.evidence]
                shown = ", ".join(texts[:6]) + (" …" if len(texts) > 6 else "")
                typer.echo(
                    f"  {'true ' if name.true else 'false'}    {name.name:28} {shown}".rstrip()
                )
            typer.echo(f"  outcome  {'silent: ' + rule.outcome if rule.outcome else 'asks'}")
            typer.echo("")
