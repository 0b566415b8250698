"""``cdi coding``: the coder's worklist for a coding system, as the act of a named user."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cdi.cli.people import Facility
from cdi.domain.query import CoderStatus

if TYPE_CHECKING:
    from cdi.domain.actor import Actor
    from cdi.domain.clarified import ClarifiedDiagnosis
    from cdi.workflow.desk import Desk

app = typer.Typer(
    help="Clarified diagnoses for coding systems.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


class Form(StrEnum):
    """How clarified diagnoses are written."""

    CSV = "csv"
    FHIR = "fhir"


@app.callback()
def _group() -> None:
    """Keep the group a group while it has one command."""


@app.command(
    "export",
    epilog="Examples:\n\n  cdi coding export --facility general --as kim --status new "
    "--status accepted --output worklist.csv\n\n  cdi coding export --format fhir "
    "--facility general --as kim --since 2026-06-01 --password-stdin < secret > bundle.json\n\n"
    "The file holds what identifies patients. A machine takes a token instead: "
    "cdi token add --verb diagnosis.export, then GET /api/diagnoses/export.",
)
def export(
    facility: Facility,
    login: Annotated[str, typer.Option("--as", help="A coder or manager with a password.")],
    form: Annotated[Form, typer.Option("--format", help="A table or a FHIR bundle.")] = Form.CSV,
    status: Annotated[
        list[CoderStatus] | None,
        typer.Option(help="Once for each; without it those that are coded."),
    ] = None,
    since: Annotated[
        datetime | None, typer.Option(help="Only those changed since, in UTC.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="A new file that only you can read; else standard output.")
    ] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
) -> None:
    """Write clarified diagnoses, oldest first; the audit trail names who took them."""
    if password_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = typer.prompt("Password", hide_input=True, err=True)
    with _desk() as desk, _logged_in(desk, login, password) as actor:
        moment = since.replace(tzinfo=UTC) if since else None
        statuses = status or [CoderStatus.CODED]
        found = list(_read(desk, _at(desk, actor, facility), statuses, moment))
        text = _write(desk, found, form)
    if output is None:
        typer.echo(text, nl=False)
    else:
        _keep(output, text)
    typer.echo(f"{len(found)} diagnoses exported.", err=True)


@contextmanager
def _desk() -> Iterator[Desk]:
    """Open a desk with the titles of codes, which an export tells."""
    from cdi.settings import settings
    from cdi.storage import schema
    from cdi.workflow.opening import open_desk

    desk = open_desk(settings())
    try:
        schema.check(desk.store.engine)
        yield desk
    finally:
        desk.store.close()


@contextmanager
def _logged_in(desk: Desk, login: str, password: str) -> Iterator[Actor]:
    """Open a session as the pages do, throttled and in the trail, and end it afterwards."""
    from cdi.workflow.identity import find_presence, log_in, log_out

    token = log_in(desk, login, password, "command line").token
    try:
        yield find_presence(desk, token).actor
    finally:
        log_out(desk, token)


def _at(desk: Desk, actor: Actor, code: str) -> Actor:
    """Return the actor with the roles at one facility alone.

    Raises:
        InputError: there is no such facility.
    """
    from cdi.errors import InputError
    from cdi.storage.places import find_facility

    with desk.store.reading() as session:
        place = find_facility(session, code)
    if place is None:
        raise InputError("there is no such facility", field="--facility")
    return replace(actor, roles={place.id: actor.roles.get(place.id, frozenset())})


def _read(
    desk: Desk, actor: Actor, statuses: list[CoderStatus], since: datetime | None
) -> Iterator[ClarifiedDiagnosis]:
    from cdi.workflow.exporting import export_diagnoses

    cursor: str | None = None
    while True:
        page = export_diagnoses(desk, actor, statuses=statuses, since=since, cursor=cursor)
        yield from page.diagnoses
        cursor = page.following
        if cursor is None:
            return


def _write(desk: Desk, found: list[ClarifiedDiagnosis], form: Form) -> str:
    from cdi.api.export import to_csv
    from cdi.api.routes.fhir import fhir_base
    from cdi.interop.fhir.outgoing import collection, condition

    if form is Form.CSV:
        return to_csv(found)
    bundle = collection([condition(diagnosis) for diagnosis in found], fhir_base(desk))
    return json.dumps(bundle, indent=2, ensure_ascii=False) + "\n"


def _keep(path: Path, text: str) -> None:
    """Write a new file that only its owner can read.

    Raises:
        InputError: there is such a file, or none can be made.
    """
    from cdi.errors import InputError

    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise InputError(f"cannot be made: {error.strerror}", field="--output") from None
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        file.write(text)
