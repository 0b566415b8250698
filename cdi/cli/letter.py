"""``cdi letter``: draft query letters, check them, audit those that were sent."""

from __future__ import annotations

import typer

from cdi.cli import letter_audit, letter_check, letter_draft

app = typer.Typer(
    help="Draft query letters and check them before they are sent.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.command("draft", epilog=letter_draft.EXAMPLES)(letter_draft.draft)
app.command("check", epilog=letter_check.EXAMPLES)(letter_check.check)
app.command("audit", epilog=letter_audit.AUDIT_EXAMPLES)(letter_audit.audit)
app.command("agreement", epilog=letter_audit.AGREEMENT_EXAMPLES)(letter_audit.agreement)
