"""``cdi facility`` and ``cdi user``: the first accounts, from the machine of the operator."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from cdi.domain.actor import Actor, StaffRole

if TYPE_CHECKING:
    from cdi.workflow.desk import Desk

# Whoever can run this could change the database as well; the trail says it was the machine.
OPERATOR = "operator"

facilities = typer.Typer(
    help="Add facilities.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
users = typer.Typer(
    help="Add accounts.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@facilities.callback()
@users.callback()
def _group() -> None:
    """Keep the group a group while it has one command."""


@facilities.command("add", epilog='Example:\n\n  cdi facility add general "General Hospital"')
def add_facility(
    code: Annotated[str, typer.Argument(help="Short and unique, as feeds name it.")],
    name: Annotated[str, typer.Argument(help="As people call it.")],
) -> None:
    """Add a facility."""
    from cdi.workflow import identity

    with operators_desk() as desk:
        receipt = identity.add_facility(desk, Actor(OPERATOR), code, name)
    typer.echo(f"Facility {code} added: {receipt.id}")


@users.command(
    "add",
    epilog="Examples:\n\n  cdi user add sam --name 'Sam Rivera' --facility general "
    '--role specialist\n\n  echo "$SECRET" | cdi user add kim --name Kim --facility general '
    "--role coder --password-stdin",
)
def add_user(
    login: Annotated[str, typer.Argument(help="Unique; capitals do not matter.")],
    name: Annotated[str, typer.Option(help="As it stands under letters and answers.")],
    facility: Annotated[str, typer.Option(help="Code of the facility.")],
    role: Annotated[list[StaffRole], typer.Option(help="Once for each role.")],
    provider_id: Annotated[
        str | None, typer.Option(help="What the record system calls the person.")
    ] = None,
    service: Annotated[str, typer.Option(help="Clinical service, for routing.")] = "",
    email: Annotated[
        str, typer.Option(help="Where notices go; they hold nothing of a patient.")
    ] = "",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
) -> None:
    """Add a local account; asks for the password."""
    from cdi.errors import InputError
    from cdi.storage.places import find_facility
    from cdi.workflow import identity

    if password_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    with operators_desk() as desk:
        with desk.store.reading() as session:
            place = find_facility(session, facility)
        if place is None:
            raise InputError("there is no such facility; see cdi facility add", field="--facility")
        receipt = identity.add_user(
            desk,
            Actor(OPERATOR, {place.id: frozenset({StaffRole.ADMIN})}),
            login,
            name,
            {place.id: role},
            password=password,
            provider_id=provider_id,
            service=service,
            email=email,
        )
    typer.echo(f"User {login} added: {receipt.id}")


@contextmanager
def operators_desk() -> Iterator[Desk]:
    """Open a desk without the index of codes, which takes long and is not asked."""
    from cdi.compliance import load_pack
    from cdi.settings import settings
    from cdi.storage import schema
    from cdi.storage.opening import open_store
    from cdi.workflow.desk import Desk
    from cdi.workflow.scan import default_scanner

    store = open_store(settings())
    try:
        schema.check(store.engine)
        scanner = default_scanner()
        yield Desk(store, scanner, load_pack(scanner.catalogue))
    finally:
        store.close()
