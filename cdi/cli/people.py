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

Login = Annotated[str, typer.Argument(help="Unique; capitals do not matter.")]
Facility = Annotated[str, typer.Option(help="Code of the facility.")]

facilities = typer.Typer(
    help="Add facilities.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
users = typer.Typer(
    help="Accounts, their roles and sessions.",
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
    login: Login,
    name: Annotated[str, typer.Option(help="As it stands under letters and answers.")],
    facility: Facility,
    role: Annotated[list[StaffRole], typer.Option(help="Once for each role.")],
    provider_id: Annotated[
        str | None, typer.Option(help="What the record system calls the person.")
    ] = None,
    service: Annotated[str, typer.Option(help="Clinical service, for routing.")] = "",
    email: Annotated[
        str, typer.Option(help="Where notices go; they hold nothing of a patient.")
    ] = "",
    subject: Annotated[
        str | None,
        typer.Option(help="What the identity provider calls the person; then without a password."),
    ] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
) -> None:
    """Add an account; asks for the password, unless the person logs in elsewhere."""
    from cdi.workflow import identity

    password = ""
    if password_stdin:
        password = sys.stdin.readline().rstrip("\n")
    elif subject is None:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    with operators_desk() as desk:
        place, actor = administrator(desk, facility)
        receipt = identity.add_user(
            desk,
            actor,
            login,
            name,
            {place: role},
            password=password,
            subject=subject,
            provider_id=provider_id,
            service=service,
            email=email,
        )
    typer.echo(f"User {login} added: {receipt.id}")


@users.command("list", epilog="Example:\n\n  cdi user list --facility general")
def list_users(facility: Facility) -> None:
    """Show the accounts of a facility with their roles there."""
    from cdi.workflow import accounts

    with operators_desk() as desk:
        place, actor = administrator(desk, facility)
        listed = accounts.list_accounts(desk, actor, place)
    for account in listed:
        roles = ", ".join(account.roles)
        state = "" if account.user.active else "  closed"
        typer.echo(f"{account.user.login}  {account.user.name}  {roles}{state}")


@users.command(
    "roles",
    epilog="Examples:\n\n  cdi user roles sam --facility general --role specialist "
    "--role manager\n\n  cdi user roles sam --facility general   (Sam leaves)",
)
def assign_roles(
    login: Login,
    facility: Facility,
    role: Annotated[list[StaffRole] | None, typer.Option(help="Once for each role.")] = None,
) -> None:
    """Give an account exactly these roles at a facility; those elsewhere stay."""
    from cdi.workflow import accounts

    with operators_desk() as desk:
        place, actor = administrator(desk, facility)
        accounts.change_roles(desk, actor, place, _user(desk, login), role or [])
    typer.echo(f"User {login}: {', '.join(role or []) or 'no role here'}.")


@users.command("close", epilog="Example:\n\n  cdi user close sam --facility general")
def close_user(login: Login, facility: Facility) -> None:
    """Close an account: its sessions end at once, and nobody logs in with it."""
    from cdi.workflow import accounts

    with operators_desk() as desk:
        place, actor = administrator(desk, facility, everywhere=True)
        accounts.close_account(desk, actor, place, _user(desk, login))
    typer.echo(f"User {login} is closed.")


@users.command("open", epilog="Example:\n\n  cdi user open sam --facility general")
def open_user(login: Login, facility: Facility) -> None:
    """Open a closed account again, with the roles it had."""
    from cdi.workflow import accounts

    with operators_desk() as desk:
        place, actor = administrator(desk, facility, everywhere=True)
        accounts.open_account(desk, actor, place, _user(desk, login))
    typer.echo(f"User {login} is open.")


@users.command("end-sessions", epilog="Example:\n\n  cdi user end-sessions sam --facility general")
def end_sessions(login: Login, facility: Facility) -> None:
    """End all sessions of an account at once."""
    from cdi.workflow import identity

    with operators_desk() as desk:
        place, actor = administrator(desk, facility)
        count = identity.revoke_sessions(desk, actor, _user(desk, login), place)
    typer.echo(f"{count} sessions ended.")


def administrator(desk: Desk, code: str, *, everywhere: bool = False) -> tuple[str, Actor]:
    """Return the id of a facility, and the operator as its administrator.

    Args:
        desk: where.
        code: of the facility.
        everywhere: the operator administers all others too, as closing an account takes.

    Raises:
        InputError: there is no such facility.
    """
    from cdi.errors import InputError
    from cdi.storage.places import all_facilities, find_facility

    with desk.store.reading() as session:
        place = find_facility(session, code)
        places = all_facilities(session) if everywhere else [place]
    if place is None:
        raise InputError("there is no such facility; see cdi facility add", field="--facility")
    roles = frozenset({StaffRole.ADMIN})
    return place.id, Actor(OPERATOR, {one.id: roles for one in places if one is not None})


def _user(desk: Desk, login: str) -> str:
    from cdi.errors import InputError
    from cdi.storage.people import find_user_by_login

    with desk.store.reading() as session:
        user = find_user_by_login(session, login.strip().lower())
    if user is None:
        raise InputError("there is no such user; see cdi user list", field="login")
    return user.id


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
