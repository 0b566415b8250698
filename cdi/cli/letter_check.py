"""``cdi letter check``: tell what is wrong with letters, by practice rule."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from cdi.domain.letter import Violation

EXAMPLES = """Examples:

  cdi letter check letters.jsonl

  cdi letter draft note.txt --format json | cdi letter check -

  cdi letter check letters.jsonl --format jsonl > violations.jsonl"""


def check(
    path: Annotated[Path, typer.Argument(metavar="FILE|-", help="Letters as JSON, one a line.")],
    output_format: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="human or jsonl.")
    ] = "human",
    stopping_only: Annotated[
        bool, typer.Option("--stopping", help="In jsonl, leave out what does not stop a letter.")
    ] = False,
) -> None:
    """Check letters against the practice rules.

    A violation blocks the letter, or stops it unless somebody overrides it with a reason, or warns.
    Exit code 1 if a letter may not be sent as it is, or could not be read.
    """
    import json
    import sys

    from cdi.domain.letter import Level
    from cdi.errors import InputError
    from cdi.letters.json_form import read_letter
    from cdi.workflow.letter_check import check_letter

    if output_format not in {"human", "jsonl"}:
        raise typer.BadParameter("expected human or jsonl", param_hint="--format")
    failed = False
    for source, text in read_lines(path):
        try:
            case = read_letter(text, source)
        except InputError as error:
            print(f"error: {error}", file=sys.stderr)
            failed = True
            continue
        violations = check_letter(case)
        stopping = [v for v in violations if v.level is not Level.WARN]
        failed |= bool(stopping)
        if output_format == "jsonl":
            shown = stopping if stopping_only else violations
            typer.echo(json.dumps({"id": case.id, "violations": [_record(v) for v in shown]}))
        else:
            typer.echo(_human(case.id, violations))
    if failed:
        raise typer.Exit(1)


def read_lines(path: Path) -> Iterator[tuple[str, str]]:
    """Yield each letter of a file: one object, or one a line."""
    import sys

    from cdi.errors import InputError

    if str(path) == "-":
        text = sys.stdin.read()
    else:
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"cannot be read: {type(error).__name__}", source=path.name) from None
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    if lines and lines[0][1].strip() == "{":
        yield path.name, text
        return
    for number, line in lines:
        yield f"{path.name}:{number}", line


def _record(violation: Violation) -> dict[str, object]:
    return {
        "rule": violation.rule,
        "level": violation.level.value,
        "where": violation.where,
        "span": violation.span,
        "text": violation.text,
        "why": violation.why,
        "fix": violation.fix,
        "source": violation.source,
    }


def _human(identifier: str, violations: tuple[Violation, ...]) -> str:
    if not violations:
        return f"{identifier}: passes"
    lines = [f"{identifier}:"]
    for v in violations:
        place = v.where if v.span is None else f"{v.where}[{v.span[0]}:{v.span[1]}]"
        lines.append(f"  {v.rule} {v.level.value:<8} {place}: {v.why}")
        if v.fix:
            lines.append(f"      fix: {v.fix}")
    return "\n".join(lines)
