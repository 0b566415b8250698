"""``cdi token``: what machines may do, from the machine of the operator."""

from __future__ import annotations

from typing import Annotated

import typer

from cdi.cli.people import Facility, administrator, operators_desk

app = typer.Typer(
    help="Tokens of machines: intake, export, CDS, metrics.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.command(
    "add",
    epilog="Examples:\n\n  cdi token add 'lab feed' --facility general --verb encounter.ingest "
    "--verb encounter.review\n\n  cdi token add ehr --facility general --verb cards.read "
    "--issuer https://ehr.example.org --jwks-url https://ehr.example.org/jwks.json",
)
def add(
    name: Annotated[str, typer.Argument(help="What the machine is.")],
    facility: Facility,
    verb: Annotated[list[str], typer.Option(help="Once for each thing it may do.")],
    days: Annotated[int, typer.Option(help="How long the token counts.")] = 365,
    issuer: Annotated[
        str | None, typer.Option(help="Of a CDS client that signs its calls; instead of a secret.")
    ] = None,
    jwks_url: Annotated[str, typer.Option(help="Where the keys of the issuer are.")] = "",
) -> None:
    """Allow a machine some things at a facility; the token is shown once."""
    from cdi.workflow.tokens import add_token

    with operators_desk() as desk:
        place, actor = administrator(desk, facility)
        made = add_token(
            desk, actor, place, name, verb, days=days, issuer=issuer, jwks_url=jwks_url
        )
    typer.echo(f"Token {made.receipt.id} added.", err=True)
    if made.secret:
        typer.echo(made.secret)


@app.command("list", epilog="Example:\n\n  cdi token list --facility general")
def list_all(facility: Facility) -> None:
    """Show the tokens that can still be used; never their secrets."""
    from cdi.workflow.tokens import list_tokens

    with operators_desk() as desk:
        _, actor = administrator(desk, facility)
        rows = list_tokens(desk, actor)
    for row in rows:
        used = f"{row.last_used_at:%Y-%m-%d}" if row.last_used_at else "never"
        typer.echo(
            f"{row.id}  {row.name}  {', '.join(row.verbs)}  "
            f"until {row.ends_at:%Y-%m-%d}  last used {used}"
        )
    if not rows:
        typer.echo("No tokens; see cdi token add --help.")


@app.command("revoke", epilog="Example:\n\n  cdi token revoke 0198f0… --facility general")
def revoke(
    token_id: Annotated[str, typer.Argument(help="As cdi token list shows it.")],
    facility: Facility,
) -> None:
    """End a token at once."""
    from cdi.workflow.tokens import revoke_token

    with operators_desk() as desk:
        _, actor = administrator(desk, facility)
        revoke_token(desk, actor, token_id)
    typer.echo("Revoked.")
