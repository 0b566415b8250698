"""What a change of rules adds and removes: two scans of one store, finding by finding."""

from __future__ import annotations

import random
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cdi.archive.manifest import read_manifest
from cdi.archive.output import part_path
from cdi.archive.tally import read_findings
from cdi.errors import InputError

_COLUMNS = ["note", "encounter", "condition", "finding", "type", "missing", "evidence"]
_AT_ONCE = 200_000
"""Findings of a scan that are held in memory where its files cannot be compared one by one."""


class Sample(NamedTuple):
    """A finding to look at; ``change`` is "added", "removed" or "changed"."""

    change: str
    condition: str
    note: str
    encounter: str
    type: str
    missing: tuple[str, ...]
    start: int | None
    end: int | None


@dataclass(slots=True)
class Comparison:
    """Counts by condition, and a few findings of each change to review."""

    same: Counter[str] = field(default_factory=Counter)
    added: Counter[str] = field(default_factory=Counter)
    removed: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    samples: list[Sample] = field(default_factory=list)

    @property
    def conditions(self) -> list[str]:
        """The conditions that differ, those with most differences first."""
        total = self.added + self.removed + self.changed
        return [name for name, _ in total.most_common()]


def compare(before: Path, after: Path, *, samples: int = 5, seed: int = 0) -> Comparison:
    """Compare two finished scans of one store.

    Memory grows with the findings of one file, or for scans by a cluster with none: their findings
    are sorted into slices on disk first.

    Args:
        before: output folder of the scan with the rules of today.
        after: that with the changed rules.
        samples: how many findings to keep of each condition and change, drawn evenly.
        seed: of the draw, so that a comparison can be repeated.

    Raises:
        InputError: one of them is no scan, or they are not of the same files or notes.
    """
    result = Comparison()
    draw = _Draw(samples, random.Random(seed))
    for old, new in _pairs(before, after):
        _compare_part(_read(old), _read(new), result, draw)
    result.samples = draw.samples()
    return result


def _pairs(before: Path, after: Path) -> Iterator[tuple[Path, Path]]:
    """Yield files of both scans that hold the findings of the same stays."""
    old, new = read_manifest(before), read_manifest(after)
    names = [[part["name"] for part in manifest["parts"]] for manifest in (old, new)]
    if all(names):
        if names[0] != names[1]:
            raise InputError("the two scans are not of the same files", source=str(after))
        for name in names[0]:
            yield part_path(before, "findings", name), part_path(after, "findings", name)
        return
    if _read_rows(old) != _read_rows(new):
        raise InputError("the two scans are not of the same notes", source=str(after))
    count = 1 + max(int(old["findings"]), int(new["findings"])) // _AT_ONCE
    with tempfile.TemporaryDirectory(prefix="cdi-compare-") as folder:
        sliced = [
            _slice(output, Path(folder) / side, count)
            for side, output in (("before", before), ("after", after))
        ]
        yield from zip(*sliced, strict=True)


def _read_rows(manifest: dict[str, Any]) -> int:
    """Return how many rows of the store a scan saw."""
    return int(manifest["notes"]) + int(manifest["rejected"])


def _slice(output: Path, folder: Path, count: int) -> list[Path]:
    """Write the findings of a scan into files, those of one stay into the same file.

    A cluster leaves its files in any order and division; what two such scans share is the ids.
    """
    folder.mkdir()
    paths = [folder / f"{number}.parquet" for number in range(count)]
    with ExitStack() as stack:
        writers: list[pq.ParquetWriter] = []
        for batch in read_findings(output, _COLUMNS):
            if not writers:
                writers = [
                    stack.enter_context(pq.ParquetWriter(path, batch.schema)) for path in paths
                ]
            numbers = pa.array(
                zlib.crc32((encounter or note or "").encode()) % count
                for encounter, note in zip(
                    batch.column("encounter").to_pylist(),
                    batch.column("note").to_pylist(),
                    strict=True,
                )
            )
            for number in numbers.unique().to_pylist():
                writers[number].write_batch(batch.filter(pc.equal(numbers, number)))
    return paths


_Key = tuple[str, str]


def _read(path: Path) -> dict[_Key, dict[str, Any]]:
    """Return the findings of a file by stay (or note) and condition: there is one of each."""
    if not path.is_file():  # a slice of a scan without any finding
        return {}
    rows = pq.read_table(path, columns=_COLUMNS).to_pylist()
    return {(row["encounter"] or row["note"], row["condition"]): row for row in rows}


def _compare_part(
    old: dict[_Key, dict[str, Any]],
    new: dict[_Key, dict[str, Any]],
    result: Comparison,
    draw: _Draw,
) -> None:
    for key in sorted(old.keys() | new.keys()):
        was, now = old.get(key), new.get(key)
        if was is None or now is None:
            change, count = ("added", result.added) if was is None else ("removed", result.removed)
        elif (was["type"], was["missing"]) != (now["type"], now["missing"]):
            change, count = "changed", result.changed
        else:
            result.same[key[1]] += 1
            continue
        count[key[1]] += 1
        row = now or was
        if row is not None:
            draw.offer(change, row)


class _Draw:
    """Keeps an even sample of each kind without holding all (reservoir sampling)."""

    def __init__(self, size: int, chance: random.Random) -> None:
        self._size, self._chance = size, chance
        self._kept: dict[tuple[str, str], list[Sample]] = {}
        self._seen: Counter[tuple[str, str]] = Counter()

    def offer(self, change: str, row: dict[str, Any]) -> None:
        kind = (row["condition"], change)
        kept = self._kept.setdefault(kind, [])
        self._seen[kind] += 1
        if len(kept) < self._size:
            kept.append(_sample(change, row))
        else:
            place = self._chance.randrange(self._seen[kind])
            if place < self._size:
                kept[place] = _sample(change, row)

    def samples(self) -> list[Sample]:
        return [sample for kind in sorted(self._kept) for sample in self._kept[kind]]


def _sample(change: str, row: dict[str, Any]) -> Sample:
    first = row["evidence"][0] if row["evidence"] else {"start": None, "end": None}
    return Sample(
        change,
        row["condition"],
        row["note"],
        row["encounter"],
        row["type"],
        tuple(row["missing"]),
        first["start"],
        first["end"],
    )
