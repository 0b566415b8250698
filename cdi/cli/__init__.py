"""The command line. Each command imports what it needs when it runs, so that help is instant."""

from __future__ import annotations


def main() -> None:
    """Run ``cdi``: turn expected errors into one line and an exit code, never a traceback."""
    import sys

    from cdi.cli.app import app
    from cdi.errors import CdiError

    try:
        app()
    except CdiError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
