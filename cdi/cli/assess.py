"""``cdi assess``: the assertion of given spans, whatever the catalogue knows."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

EXAMPLES = """Examples:

  cdi assess sentences.jsonl > assertions.jsonl

A line holds id, text, start and end (characters); a line of the answer id and assertion:
present, possible, absent, historical, family or hypothetical."""


def assess(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="JSON lines: id, text, start, end.")],
) -> None:
    """Judge the assertion of marked spans, one JSON line each."""
    from cdi.nlp import load_pipeline

    pipeline = load_pipeline()
    for line in _lines(path):
        (judgement,) = pipeline.assess(line["text"], [(line["start"], line["end"])])
        answer = {"id": line["id"], "assertion": judgement.assertion.value}
        sys.stdout.write(json.dumps(answer) + "\n")


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    from cdi.errors import InputError

    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError("cannot be read", source=str(path)) from error
    except UnicodeDecodeError as error:
        raise InputError("not UTF-8 text", source=str(path)) from error
    # Only newlines end a JSON line; a note may hold other line separators.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            inside = 0 <= int(record["start"]) < int(record["end"]) <= len(record["text"])
            record["id"]
        except (ValueError, KeyError, TypeError) as error:
            message = "expected JSON with id, text, start and end"
            raise InputError(message, source=path.name, line=number) from error
        if not inside:
            raise InputError("outside the text", source=path.name, line=number, field="start, end")
        yield record
