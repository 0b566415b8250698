"""``cdi audit``: proving what was done, and taking it along."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Verify, export and anchor the audit trail.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

_Anchors = Annotated[Path, typer.Option(help="File of anchors, kept where the database is not.")]


@app.command("verify", epilog="Example:\n\n  cdi audit verify --anchors /mnt/other/anchors.jsonl")
def verify(
    anchors: Annotated[Path | None, typer.Option(help="Compare with this file of anchors.")] = None,
    texts: Annotated[
        bool, typer.Option(help="Hold letters and replies against the trail as well.")
    ] = True,
) -> None:
    """Read the whole chain; name what was changed, deleted, inserted or moved. Exit 1 if any.

    Letters and signed replies are held against the hashes that the trail has of them.
    """
    from cdi.settings import settings
    from cdi.storage.anchor import compare_anchors
    from cdi.storage.audit import verify as read_chain
    from cdi.storage.opening import open_store
    from cdi.workflow.kept_texts import compare_texts

    store = open_store(settings())
    try:
        proof = read_chain(store)
        faults = [*proof.faults, *(compare_anchors(store, anchors) if anchors else ())]
        faults += compare_texts(store) if texts else ()
    finally:
        store.close()
    for fault in faults:
        typer.echo(f"{fault.kind}: {fault.message}")
    typer.echo(f"{proof.events} events, {len(faults)} faults; last link {proof.last[:16]}")
    if faults:
        raise typer.Exit(1)


@app.command("export", epilog="Example:\n\n  cdi audit export --after 12000 > events.jsonl")
def export(
    after: Annotated[int, typer.Option(min=0, help="Only events after this number.")] = 0,
) -> None:
    """Write the events as JSON Lines, links included, so that they can be proved elsewhere."""
    from cdi.settings import settings
    from cdi.storage.audit import export_lines
    from cdi.storage.opening import open_store

    store = open_store(settings())
    try:
        for line in export_lines(store, after):
            typer.echo(line)
    finally:
        store.close()


@app.command("anchor", epilog="Once a day:\n\n  cdi audit anchor --file /mnt/other/anchors.jsonl")
def anchor(file: _Anchors) -> None:
    """Write down the present end of the chain, so that cutting it off later shows."""
    from datetime import UTC, datetime

    from cdi.settings import settings
    from cdi.storage.anchor import write_anchor
    from cdi.storage.opening import open_store

    store = open_store(settings())
    try:
        number = write_anchor(store, file, datetime.now(UTC))
    finally:
        store.close()
    typer.echo(f"Anchored at event {number}.")
