"""The notes and sentences that everything is measured on. Standard library only."""

from __future__ import annotations

import json
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def folder() -> Path:
    """Return the folder of labelled notes; it need not exist."""
    return Path(os.environ.get("CDI_EVAL_DIR", ROOT.parent / "shared" / "notes"))


def texts() -> list[str]:
    """Return the texts of the labelled notes, or the samples where they are not."""
    labelled = folder() / "dev.jsonl"
    if labelled.is_file():
        lines = labelled.read_text(encoding="utf-8").split("\n")
        return [json.loads(line)["text"] for line in lines if line.strip()]
    return samples()


def samples() -> list[str]:
    """Return the texts of the project's own synthetic notes."""
    result = [
        path.read_text(encoding="utf-8") for path in sorted((ROOT / "samples/notes").glob("*.txt"))
    ]
    for path in sorted((ROOT / "samples" / "encounters").glob("*.json")):
        for note in json.loads(path.read_text(encoding="utf-8"))["notes"]:
            result.append(note.get("text") or "\n".join(note["lines"]))
    return result


def sentences() -> list[dict[str, object]]:
    """Return the sentences with a marked span, negation and temporality; empty if absent."""
    path = folder() / "negex_dev.jsonl"
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines if line.strip()]
