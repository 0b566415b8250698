"""What a change of rules adds and removes: two scans of one store, finding by finding."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq

from cdi.archive.output import part_path, read_manifest
from cdi.errors import InputError

_COLUMNS = ["note", "encounter", "condition", "finding", "type", "missing", "evidence"]


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

    Memory grows with the findings of one file, not of the store.

    Args:
        before: output folder of the scan with the rules of today.
        after: that with the changed rules.
        samples: how many findings to keep of each condition and change, drawn evenly.
        seed: of the draw, so that a comparison can be repeated.

    Raises:
        InputError: one of them is no scan, or they are not of the same files.
    """
    names = [_parts(folder) for folder in (before, after)]
    if names[0] != names[1]:
        raise InputError("the two scans are not of the same files", source=str(after))
    result = Comparison()
    draw = _Draw(samples, random.Random(seed))
    for name in names[0]:
        _compare_part(
            _read(part_path(before, "findings", name)),
            _read(part_path(after, "findings", name)),
            result,
            draw,
        )
    result.samples = draw.samples()
    return result


def _parts(folder: Path) -> list[str]:
    return [part["name"] for part in read_manifest(folder)["parts"]]


_Key = tuple[str, str]


def _read(path: Path) -> dict[_Key, dict[str, Any]]:
    """Return the findings of a part by stay (or note) and condition: there is one of each."""
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
