"""Counting the findings of a scan by condition, service, month, author."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from cdi.archive.manifest import read_manifest
from cdi.errors import InputError

GROUPS = ("condition", "service", "month", "author")


class Line(NamedTuple):
    """A group: its findings, and of how many notes (0 where the store does not say)."""

    name: str
    findings: int
    notes: int

    @property
    def rate(self) -> float | None:
        """Findings in a hundred notes."""
        return 100 * self.findings / self.notes if self.notes else None


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts of one scan; ``groups`` by the names of :data:`GROUPS`."""

    notes: int
    findings: int
    rejected: int
    finished_at: str
    groups: dict[str, tuple[Line, ...]]


def read_findings(output: Path, columns: list[str]) -> Iterator[pa.RecordBatch]:
    """Yield the findings of a scan in batches, whoever wrote them."""
    files = sorted((output / "findings").rglob("*.parquet"))
    if not files:
        raise InputError("no findings of a scan here", source=str(output))
    for file in files:
        with pq.ParquetFile(file) as source:
            yield from source.iter_batches(columns=columns)


def tally(output: Path) -> Tally:
    """Count the findings of a finished scan.

    Raises:
        InputError: the folder holds none.
    """
    manifest = read_manifest(output)
    counts: dict[str, Counter[str]] = {group: Counter() for group in GROUPS}
    for batch in read_findings(output, list(GROUPS)):
        for group in GROUPS:
            for counted in batch.column(group).value_counts().to_pylist():
                counts[group][counted["values"] or ""] += counted["counts"]
    notes = int(manifest["notes"])
    groups = {}
    for group, count in counts.items():
        of = manifest["notes_by"].get(group, {})
        names = sorted(count) if group == "month" else [name for name, _ in count.most_common()]
        if group == "condition":
            groups[group] = tuple(Line(name, count[name], notes) for name in names)
        elif any(names):  # a column that the store does not have is no group
            groups[group] = tuple(
                Line(name or "(none)", count[name], of.get(name, 0)) for name in names
            )
    return Tally(
        notes,
        sum(counts["condition"].values()),
        int(manifest["rejected"]),
        manifest["finished_at"],
        groups,
    )
