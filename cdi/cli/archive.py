"""``cdi archive``: scan very large stores, report on the result, compare two rule versions."""

from __future__ import annotations

import sys
import time
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from cdi.archive.comparison import Comparison
    from cdi.archive.tally import Tally

app = typer.Typer(
    help="Scan stores of very many notes; report; compare rule versions.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

EXAMPLES = """Examples:

  cdi archive scan notes/ findings/ --jobs 2

  cdi archive scan '/data/2024-*.parquet' out --id note_id --text note_text --encounter visit_id

  cdi archive report findings/ --format html --output findings.html

  cdi archive compare findings/ findings-new-rules/ --samples 10

A killed scan is resumed by the same command. On a cluster see docs/archive.md."""


class Format(StrEnum):
    """How a report is written."""

    TABLE = "table"
    HTML = "html"


def _column(what: str) -> Any:
    """Return an option that names a column."""
    return typer.Option(metavar="COLUMN", help=f"Column of {what}.")


@app.command("scan", epilog=EXAMPLES)
def scan(
    store: Annotated[
        str,
        typer.Argument(
            metavar="INPUT", help="File, folder, Delta table or glob: Parquet, CSV, JSON lines."
        ),
    ],
    output: Annotated[Path, typer.Argument(metavar="OUTPUT", help="Folder of the results.")],
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Processes.")] = 1,
    identifier: Annotated[str, typer.Option("--id", metavar="COLUMN", help="Id column.")] = "id",
    text: Annotated[str, _column("the text")] = "text",
    encounter: Annotated[str | None, _column("the stay: reviews stays, not notes")] = None,
    patient: Annotated[str | None, _column("the patient's id")] = None,
    kind: Annotated[str | None, _column("the type of note")] = None,
    author: Annotated[str | None, _column("the author")] = None,
    role: Annotated[str | None, _column("the author's role")] = None,
    service: Annotated[str | None, _column("the service")] = None,
    when: Annotated[
        str | None, typer.Option("--time", metavar="COLUMN", help="Column of the time.")
    ] = None,
    mentions: Annotated[bool, typer.Option("--mentions", help="Also write mentions.")] = False,
) -> None:
    """Scan a store of notes into a folder; the same command resumes a killed run."""
    _need_extra()
    from cdi.archive.columns import Columns
    from cdi.archive.pool import scan_store

    columns = Columns(identifier, text, encounter, patient, kind, author, role, service, when)
    line = _ProgressLine()
    summary = scan_store(store, output, columns, jobs=jobs, mentions=mentions, tell=line.show)
    line.clear()
    notes = sum(part.notes for part in summary.parts)
    findings = sum(part.findings for part in summary.parts)
    rejected = sum(part.rejected for part in summary.parts)
    typer.echo(f"{findings:,} findings in {notes:,} notes of {len(summary.parts)} files: {output}")
    if summary.taken_over:
        typer.echo(f"{summary.taken_over} files had been scanned before")
    if rejected:
        typer.echo(f"{rejected:,} rows were not read: {output / 'quarantine'}", err=True)
    for reason in summary.unreadable:
        typer.echo(f"error: {reason}", err=True)
    if rejected or summary.unreadable:
        raise typer.Exit(1)


@app.command("report", epilog=EXAMPLES)
def report(
    output: Annotated[Path, typer.Argument(metavar="OUTPUT", help="Folder of a finished scan.")],
    form: Annotated[Format, typer.Option("--format", help="How to write.")] = Format.TABLE,
    to: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here, not to the terminal.")
    ] = None,
) -> None:
    """Count findings by condition, service, month and author."""
    _need_extra()
    from cdi.archive.tally import tally

    counts = tally(output)
    if form is Format.HTML:
        from cdi.archive.page import render_page

        text = render_page(counts)
    else:
        text = _tables(counts)
    if to is None:
        sys.stdout.write(text)
    else:
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_text(text, encoding="utf-8")


@app.command("compare", epilog=EXAMPLES)
def compare(
    before: Annotated[Path, typer.Argument(metavar="A", help="Scan with the rules of today.")],
    after: Annotated[Path, typer.Argument(metavar="B", help="Scan with the changed rules.")],
    samples: Annotated[int, typer.Option(min=0, help="Findings to list of each change.")] = 5,
) -> None:
    """Tell what a change of rules adds and removes, with samples to review."""
    _need_extra()
    from cdi.archive import comparison

    _print_comparison(comparison.compare(before, after, samples=samples))


def _need_extra() -> None:
    if find_spec("pyarrow") is None:
        from cdi.errors import ResourceNotFound

        raise ResourceNotFound("archives need the extra: pip install 'cdi[archive]'")


class _ProgressLine:
    """Notes done, rate and time left, on a terminal only."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._wanted = sys.stderr.isatty()

    def show(self, done: int, total: int | None) -> None:
        if not self._wanted or not done:
            return
        rate = done / (time.monotonic() - self._started)
        left = f", {(total - done) / rate / 60:,.0f} min left" if total else ""
        of = f" of {total:,}" if total else ""
        sys.stderr.write(f"\r{done:,}{of} notes, {rate:,.0f} a second{left} \x1b[K")
        sys.stderr.flush()

    def clear(self) -> None:
        if self._wanted:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _tables(counts: Tally) -> str:
    lines = [
        f"{counts.findings:,} findings in {counts.notes:,} notes, {counts.rejected:,} not read"
    ]
    for group, entries in counts.groups.items():
        lines += ["", f"{group:<34}{'findings':>10}{'notes':>12}{'per 100':>9}"]
        for line in entries:
            rate = "" if line.rate is None else f"{line.rate:.2f}"
            lines.append(f"{line.name:<34}{line.findings:>10,}{line.notes or '':>12}{rate:>9}")
    return "\n".join(lines) + "\n"


def _print_comparison(result: Comparison) -> None:
    typer.echo(f"{'condition':<34}{'same':>9}{'added':>9}{'removed':>9}{'changed':>9}")
    for name in result.conditions:
        counts = (result.same, result.added, result.removed, result.changed)
        typer.echo(f"{name:<34}" + "".join(f"{count[name]:>9,}" for count in counts))
    if not result.conditions:
        typer.echo(f"no difference in {sum(result.same.values()):,} findings")
    for sample in result.samples:
        place = f"{sample.note}:{sample.start}-{sample.end}"
        missing = f" ({', '.join(sample.missing)})" if sample.missing else ""
        typer.echo(f"{sample.change:<8} {sample.condition}: {sample.type}{missing} {place}")
