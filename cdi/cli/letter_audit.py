"""``cdi letter audit`` and ``cdi letter agreement``: the manager's worksheet."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from cdi.compliance.worksheet import Row
    from cdi.domain.actor import Actor
    from cdi.workflow.desk import Desk

AUDIT_EXAMPLES = """Examples:

  cdi letter audit --facility general --since 2026-05-01 --until 2026-06-01 > worksheet.csv

  cdi letter audit sent.jsonl --sample 20 > worksheet.csv

  cdi letter audit sent.jsonl --sample 20 --format html > worksheet.html"""

AGREEMENT_EXAMPLES = """Examples:

  cdi letter agreement worksheet.csv

  cdi letter agreement worksheet.csv --facility general --audit 019e1c0f5a2b"""

_BEFORE_ALL = datetime(1900, 1, 1, tzinfo=UTC)
_DAY = ["%Y-%m-%d", "%Y-%m-%dT%H:%M"]


def audit(
    path: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE|-]", help="Sent letters, JSON, one a line."),
    ] = None,
    facility: Annotated[
        str, typer.Option("--facility", help="Instead of a file: letters this facility sent.")
    ] = "",
    since: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="Sent from then on; UTC.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="Sent before then; UTC. Default: now.")
    ] = None,
    sample: Annotated[int, typer.Option("--sample", min=1, help="How many letters.")] = 20,
    seed: Annotated[int, typer.Option("--seed", help="The same seed draws the same.")] = 1,
    output_format: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="csv or html.")
    ] = "csv",
) -> None:
    """Draw a sample of sent letters and tell for each rule whether it is kept.

    With --facility the sample is kept in the store; its id is told on the standard error.
    """
    from cdi.compliance import worksheet

    if output_format not in {"csv", "html"}:
        raise typer.BadParameter("expected csv or html", param_hint="--format")
    if (path is None) == (not facility):
        raise typer.BadParameter("give a file of letters, or --facility")
    if path is not None:
        rows = _rows_of_file(path, sample, seed)
    else:
        rows = _rows_of_store(facility, since, until, sample, seed)
    write = worksheet.write_html if output_format == "html" else worksheet.write_csv
    typer.echo(write(rows), nl=False)


def agreement(
    path: Annotated[Path, typer.Argument(metavar="SHEET", help="A worksheet with verdicts, CSV.")],
    audit_id: Annotated[
        str, typer.Option("--audit", help="Record the verdicts in this audit of the store.")
    ] = "",
    facility: Annotated[
        str, typer.Option("--facility", help="With --audit: the code of its facility.")
    ] = "",
) -> None:
    """Tell how far the auditor's verdicts and the linter agree, by rule and over all."""
    from cdi.compliance import worksheet
    from cdi.errors import InputError

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {type(error).__name__}", source=path.name) from None
    sheet = worksheet.read_csv(text, path.name)
    if bool(audit_id) != bool(facility):
        raise typer.BadParameter("--audit and --facility go together")
    if audit_id:
        sheet = _recorded(audit_id, facility, sheet)
    typer.echo("rule  judged  agreed  missed  wrong  kappa")
    for rule in [*sorted({row.rule for row in sheet}), "all"]:
        found = worksheet.agreement(row for row in sheet if rule in {row.rule, "all"})
        if found.judged:
            kappa = "-" if found.kappa is None else f"{found.kappa:.2f}"
            typer.echo(
                f"{rule:<5} {found.judged:>6}  {found.agreed:>6}  {found.missed:>6}"
                f"  {found.wrong:>5}  {kappa:>5}"
            )


def _rows_of_file(path: Path, sample: int, seed: int) -> list[Row]:
    from cdi.cli.letter_check import read_lines
    from cdi.compliance import worksheet
    from cdi.letters.json_form import read_letter
    from cdi.workflow.letter_check import check_letter, default_pack

    cases = [read_letter(text, source) for source, text in read_lines(path)]
    rules = worksheet.judged_rules(default_pack())
    return [
        row
        for case in worksheet.draw(cases, sample, seed)
        for row in worksheet.rows(case.id, check_letter(case), rules)
    ]


def _rows_of_store(
    facility: str, since: datetime | None, until: datetime | None, sample: int, seed: int
) -> list[Row]:
    from cdi.cli.people import operators_desk
    from cdi.workflow import letter_audit

    with operators_desk() as desk:
        actor, place = _auditor(desk, facility)
        start = since.replace(tzinfo=UTC) if since else _BEFORE_ALL
        end = until.replace(tzinfo=UTC) if until else desk.now()
        receipt = letter_audit.draw_audit(desk, actor, place, start, end, size=sample, seed=seed)
        drawn = letter_audit.open_audit(desk, actor, receipt.id)
    letters = len({row.letter for row in drawn.rows})
    typer.echo(f"audit {drawn.id}: {letters} of {drawn.sent} letters sent", err=True)
    return list(drawn.rows)


def _recorded(audit_id: str, facility: str, sheet: list[Row]) -> list[Row]:
    """Record verdicts in the store; return the audit as it stands then."""
    from cdi.cli.people import operators_desk
    from cdi.workflow import letter_audit

    with operators_desk() as desk:
        actor, _ = _auditor(desk, facility)
        letter_audit.record_verdicts(desk, actor, audit_id, sheet)
        return list(letter_audit.open_audit(desk, actor, audit_id).rows)


def _auditor(desk: Desk, facility: str) -> tuple[Actor, str]:
    """Return the operator as auditor of a facility, and its id."""
    from cdi.cli.people import OPERATOR
    from cdi.domain.actor import Actor, StaffRole
    from cdi.errors import InputError
    from cdi.storage.places import find_facility

    with desk.store.reading() as session:
        place = find_facility(session, facility)
    if place is None:
        raise InputError("there is no such facility; see cdi facility add", field="--facility")
    return Actor(OPERATOR, {place.id: frozenset({StaffRole.AUDITOR})}), place.id
