"""``cdi intake`` and ``cdi serve-mllp``: what comes in from other systems."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from cdi.workflow.intake_report import IntakeReport

app = typer.Typer(
    help="See what came in and what of it no rule may use.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

REPORT_EXAMPLES = """Examples:\n
  cdi intake report samples/feeds\n
  CDI_SITE_FILE=site.yaml cdi intake report bundle.json\n
  cdi intake report --inbox --format json
"""


@app.command("report", epilog=REPORT_EXAMPLES)
def report(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="FHIR bundles, HL7 files, folders; - for stdin.")
    ] = None,
    inbox: Annotated[
        bool, typer.Option("--inbox", help="Report on the messages that were received.")
    ] = False,
    style: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
) -> None:
    """Tell what was kept but used in no rule, gap by gap, and which messages were refused.

    No text of a note, name or value is shown. Exit 1 if a file could not be read.
    """
    if style not in ("text", "json"):
        raise typer.BadParameter("expected text or json", param_hint="--format")
    if bool(paths) == inbox:
        raise typer.BadParameter("give files, or --inbox", param_hint="PATHS")
    found, lost = _of_inbox() if inbox else _of_files(paths or [])
    if style == "json":
        typer.echo(json.dumps(asdict(found), indent=2, default=str))
    else:
        _print(found)
    raise typer.Exit(1 if lost else 0)


@app.command("apply")
def apply(
    facility: Annotated[str, typer.Option(help="The code of the facility the feed is of.")],
) -> None:
    """Turn the messages of the inbox into stored encounters, visit by visit.

    Run it as often as wanted, by a timer: what was applied before is left alone.
    """
    from cdi.cli.source import site_intake
    from cdi.compliance import load_pack
    from cdi.domain.actor import Actor, StaffRole
    from cdi.errors import NotFound
    from cdi.settings import settings
    from cdi.storage.opening import open_store
    from cdi.storage.places import find_facility
    from cdi.storage.schema import check
    from cdi.workflow.apply_inbox import apply_inbox
    from cdi.workflow.desk import Desk
    from cdi.workflow.scan import default_scanner

    store = open_store(settings())
    try:
        check(store.engine)
        with store.reading() as session:
            row = find_facility(session, facility)
        if row is None:
            raise NotFound(f"there is no facility with the code {facility}")
        scanner = default_scanner()
        desk = Desk(store, scanner, load_pack(scanner.catalogue))
        feed = Actor("feed", {row.id: frozenset({StaffRole.SERVICE})})
        states = [done.state for done in apply_inbox(desk, feed, row.id, site_intake())]
    finally:
        store.close()
    typer.echo(f"{_counted(len(states), 'visit')} applied, {states.count('changed')} changed")


def serve_mllp(
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port; 0 for a free one.")] = 2575,
    longest: Annotated[int, typer.Option(help="Megabytes of the longest message.")] = 64,
) -> None:
    """Take HL7 v2 messages over MLLP into the inbox, until interrupted.

    A message is answered AA when it is safely stored, AE or AR with a reason if it cannot be
    taken. `cdi db upgrade` makes the tables; CDI_DATABASE_URL names the database.
    """
    from cdi.cli.source import site_intake
    from cdi.settings import settings
    from cdi.storage.opening import open_store
    from cdi.storage.schema import check
    from cdi.workflow.listen import listen

    zone = site_intake().zone
    store = open_store(settings(), flush=True)
    try:
        check(store.engine)
        listen(store, zone, host, port, tell=_tell, longest=longest * 2**20)
    except OSError as error:
        print(f"error: cannot listen at {host}:{port}: {error.strerror}", file=sys.stderr)
        raise typer.Exit(1) from None
    finally:
        store.close()


def _tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _of_files(paths: list[Path]) -> tuple[IntakeReport, int]:
    from cdi.cli.source import Problems, read_sources
    from cdi.workflow.intake_report import report_intake

    problems = Problems()
    return report_intake(read_sources(paths, problems)), problems.lost


def _of_inbox() -> tuple[IntakeReport, int]:
    from cdi.cli.source import site_intake
    from cdi.settings import settings
    from cdi.storage.opening import open_store
    from cdi.storage.schema import check
    from cdi.workflow.intake_report import report_inbox

    store = open_store(settings())
    try:
        check(store.engine)
        return report_inbox(store, site_intake()), 0
    finally:
        store.close()


def _print(report: IntakeReport) -> None:
    read = ("encounter", report.encounters), ("note", report.notes), ("value", report.observations)
    parts = ", ".join(_counted(number, word) for word, number in read)
    typer.echo(f"{parts}; {_counted(report.set_aside, 'value')} set aside")
    if report.messages:
        counts = ", ".join(f"{count} {state}" for state, count in sorted(report.messages.items()))
        typer.echo(f"messages: {counts}")
    for gap in report.gaps:
        where = _counted(gap.encounters, "encounter")
        typer.echo(f"\n{gap.count:6}  {gap.kind}  {gap.subject}  (in {where})")
        typer.echo(f"        {gap.message}")
        typer.echo(f"        {'; '.join(gap.examples)}")
    if report.refused:
        typer.echo(f"\n{_counted(len(report.refused), 'refused message')}")
    for message in report.refused:
        sender = message.sender.replace("|", " ").strip() or "unknown sender"
        typer.echo(
            f"  {message.received_at:%Y-%m-%d %H:%M:%S}Z  {message.answer}  {sender}  "
            f"{message.kind or '-'}  {message.control_id}  {message.field}: {message.reason}"
        )
    if not report.gaps and not report.refused:
        typer.echo("nothing to mend")


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
