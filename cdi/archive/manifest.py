"""``manifest.json`` of a scan: what was read with which rules, and what came of it."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cdi import __version__
from cdi.archive.batch import Outcome
from cdi.archive.columns import Columns
from cdi.errors import InputError
from cdi.rules.catalogue import load_catalogue

GROUPS = ("service", "month", "author", "kind")
"""What notes are counted by, so that reports have rates."""

Counts = Mapping[str, Mapping[str, int]]
"""Notes by group and name in it: ``{"service": {"medicine": 6}}``."""


@dataclass(frozen=True, slots=True)
class Totals:
    """What a scan read and found; ``by`` counts the notes read by :data:`GROUPS`."""

    notes: int
    findings: int
    rejected: int
    by: Counts = field(default_factory=dict)


def count_notes(outcome: Outcome) -> dict[str, Counter[str]]:
    """Count the notes read in one batch by :data:`GROUPS`."""
    counts = {group: Counter[str]() for group in GROUPS}
    for row in outcome.read:
        note = row.note
        names = (row.service, row.month, note.author, note.kind)
        for group, name in zip(GROUPS, names, strict=True):
            counts[group][name] += 1
    return counts


def add_counts(counts: Iterable[Counts]) -> dict[str, Counter[str]]:
    """Add up counts of notes."""
    total = {group: Counter[str]() for group in GROUPS}
    for count in counts:
        for group, names in count.items():
            total[group].update(names)
    return total


def make_manifest(
    store: str,
    columns: Columns,
    totals: Totals,
    *,
    seconds: float,
    rules: str,
    parts: Sequence[Mapping[str, Any]] = (),
    unreadable: Sequence[str] = (),
) -> dict[str, Any]:
    """Return what is written to ``manifest.json``.

    Args:
        store: where the notes came from, as it was given.
        columns: what the store held.
        totals: of all parts.
        seconds: from start to end of the run.
        rules: the :func:`~cdi.rules.fingerprint.rules_fingerprint` the run began with.
        parts: one record a file, where files of the output follow files of the input.
        unreadable: files that could not be read at all, with the reason.
    """
    return {
        "version": __version__,
        "rules": rules,
        "rule_versions": {
            condition.id: condition.spec.version
            for condition in load_catalogue().conditions.values()
        },
        "input": store,
        "columns": asdict(columns),
        "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 1),
        "notes": totals.notes,
        "findings": totals.findings,
        "rejected": totals.rejected,
        "unreadable": list(unreadable),
        "parts": list(parts),
        "notes_by": {group: dict(sorted(count.items())) for group, count in totals.by.items()},
    }


def write_manifest(output: Path, manifest: Mapping[str, Any]) -> None:
    """Write ``manifest.json``, aside first."""
    path = output / "manifest.json"
    aside = path.with_name("manifest.json.partial")
    aside.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    os.replace(aside, path)


def read_manifest(output: Path) -> dict[str, Any]:
    """Return the manifest of a finished scan.

    Raises:
        InputError: the folder holds none.
    """
    path = output / "manifest.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise InputError("no finished scan here (manifest.json)", source=str(output)) from None
    if not isinstance(manifest, dict):
        raise InputError("no manifest of a scan", source=str(path))
    return manifest
