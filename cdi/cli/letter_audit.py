"""``cdi letter audit`` and ``cdi letter agreement``: the manager's worksheet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

AUDIT_EXAMPLES = """Examples:

  cdi letter audit sent.jsonl --sample 20 > worksheet.csv

  cdi letter audit sent.jsonl --sample 20 --format html > worksheet.html"""

AGREEMENT_EXAMPLES = """Examples:

  cdi letter agreement worksheet.csv"""


def audit(
    path: Annotated[Path, typer.Argument(metavar="FILE|-", help="Sent letters, JSON, one a line.")],
    sample: Annotated[int, typer.Option("--sample", min=1, help="How many letters.")] = 20,
    seed: Annotated[int, typer.Option("--seed", help="The same seed draws the same.")] = 1,
    output_format: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="csv or html.")
    ] = "csv",
) -> None:
    """Draw a sample of letters and tell for each rule whether it is kept."""
    from cdi.cli.letter_check import read_lines
    from cdi.compliance import worksheet
    from cdi.letters.json_form import read_letter
    from cdi.workflow.letter_check import check_letter, default_pack

    if output_format not in {"csv", "html"}:
        raise typer.BadParameter("expected csv or html", param_hint="--format")
    cases = [read_letter(text, source) for source, text in read_lines(path)]
    rules = worksheet.judged_rules(default_pack())
    sheet = [
        row
        for case in worksheet.draw(cases, sample, seed)
        for row in worksheet.rows(case.id, check_letter(case), rules)
    ]
    write = worksheet.write_html if output_format == "html" else worksheet.write_csv
    typer.echo(write(sheet), nl=False)


def agreement(
    path: Annotated[Path, typer.Argument(metavar="SHEET", help="A worksheet with verdicts, CSV.")],
) -> None:
    """Tell how far the auditor's verdicts and the linter agree, by rule and over all."""
    from cdi.compliance import worksheet
    from cdi.errors import InputError

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {type(error).__name__}", source=path.name) from None
    sheet = worksheet.read_csv(text, path.name)
    typer.echo("rule  judged  agreed  missed  wrong  kappa")
    for rule in [*sorted({row.rule for row in sheet}), "all"]:
        found = worksheet.agreement(row for row in sheet if rule in {row.rule, "all"})
        if found.judged:
            kappa = "-" if found.kappa is None else f"{found.kappa:.2f}"
            typer.echo(
                f"{rule:<5} {found.judged:>6}  {found.agreed:>6}  {found.missed:>6}"
                f"  {found.wrong:>5}  {kappa:>5}"
            )
