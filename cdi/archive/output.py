"""The output of a scan: one Parquet file per input file, written aside and renamed when whole.

    OUTPUT/findings/<name>.parquet
    OUTPUT/mentions/<name>.parquet      on request
    OUTPUT/quarantine/<name>.parquet    rows that were not read, with the reason, never their text
    OUTPUT/manifest.json                versions, counts, timings

The findings file is renamed last and carries the record of its part in its metadata: where it
stands, the part is complete. A killed run leaves only ``*.partial`` files behind.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from cdi.archive.batch import FINDINGS, MENTIONS, REJECTED, Outcome
from cdi.archive.manifest import GROUPS, count_notes
from cdi.archive.store import BadRow, StoreFile
from cdi.errors import InputError

SCHEMAS = {"findings": FINDINGS, "mentions": MENTIONS, "quarantine": REJECTED}
_RECORD = b"cdi.part"
_ROW_GROUP = 20_000


@dataclass(slots=True)
class Part:
    """What is known of one scanned file; ``by`` counts the notes read by :data:`GROUPS`."""

    name: str
    fingerprint: str
    notes: int = 0
    findings: int = 0
    rejected: int = 0
    seconds: float = 0.0
    by: dict[str, dict[str, int]] = field(default_factory=dict)


def fingerprint(file: StoreFile, work: str) -> str:
    """Return what must be equal for a finished part to be taken over.

    Args:
        file: its size and time of change count.
        work: what is done to it: columns, rules, version.
    """
    stat = file.path.stat()
    given = f"{file.name}\0{stat.st_size}\0{stat.st_mtime_ns}\0{work}"
    return hashlib.sha256(given.encode("utf-8", "surrogateescape")).hexdigest()


def part_path(output: Path, kind: str, name: str) -> Path:
    """Return where a part lies; ``kind`` is "findings", "mentions" or "quarantine"."""
    return output / kind / (name if name.endswith(".parquet") else f"{name}.parquet")


def find_part(output: Path, name: str) -> Part | None:
    """Return the record of a finished part, None if it is not finished."""
    path = part_path(output, "findings", name)
    if not path.is_file():
        return None
    try:
        metadata = pq.read_metadata(path).metadata or {}
        return Part(**json.loads(metadata[_RECORD]))
    except (pa.ArrowException, KeyError, TypeError, ValueError):
        raise InputError("no output of a scan", source=str(path)) from None


class _RowGroups:
    """A Parquet file whose row groups are worth having, however small the batches are."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = pq.ParquetWriter(path, schema, compression="zstd")
        self._schema = schema
        self._waiting: list[pa.RecordBatch] = []
        self._rows = 0

    def add(self, batch: pa.RecordBatch) -> None:
        """Take a batch."""
        if batch.num_rows:
            self._waiting.append(batch)
            self._rows += batch.num_rows
        if self._rows >= _ROW_GROUP:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            self._writer.write_table(pa.Table.from_batches(self._waiting, self._schema))
        self._waiting, self._rows = [], 0

    def close(self, metadata: Mapping[bytes, bytes]) -> None:
        """Write what waits, and the metadata."""
        self._flush()
        self._writer.add_key_value_metadata(dict(metadata))
        self._writer.close()

    def abandon(self) -> None:
        """Close the file as it is."""
        self._writer.close()


class PartWriter:
    """Writes one part; only :meth:`finish` makes it visible."""

    def __init__(self, output: Path, part: Part, *, mentions: bool) -> None:
        self._output, self._part = output, part
        self._counts = {group: Counter[str]() for group in GROUPS}
        self._files = {"findings": self._open("findings")}
        if mentions:
            self._files["mentions"] = self._open("mentions")

    def __enter__(self) -> Self:
        """Start."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close what did not finish; it stays ``*.partial``."""
        for file in self._files.values():
            file.abandon()

    def add(self, outcome: Outcome) -> None:
        """Write what became of one batch."""
        self._files["findings"].add(outcome.findings)
        if "mentions" in self._files:
            self._files["mentions"].add(outcome.mentions)
        self._reject(outcome.rejected)
        self._part.notes += len(outcome.read)
        self._part.findings += outcome.findings.num_rows
        for group, count in count_notes(outcome).items():
            self._counts[group].update(count)

    def add_bad(self, bad: list[BadRow]) -> None:
        """Write rows that could not be parsed."""
        rows = [{"row": row, "note": "", "reason": reason} for row, reason in bad]
        self._reject(pa.RecordBatch.from_pylist(rows, REJECTED))

    def _reject(self, rejected: pa.RecordBatch) -> None:
        if rejected.num_rows:
            if "quarantine" not in self._files:
                self._files["quarantine"] = self._open("quarantine")
            self._files["quarantine"].add(rejected)
            self._part.rejected += rejected.num_rows

    def finish(self, seconds: float) -> Part:
        """Rename the files to their names, the findings last."""
        self._part.seconds = round(seconds, 3)
        self._part.by = {group: dict(count) for group, count in self._counts.items()}
        record = {_RECORD: json.dumps(asdict(self._part)).encode()}
        for kind in ("quarantine", "mentions", "findings"):
            path = part_path(self._output, kind, self._part.name)
            file = self._files.pop(kind, None)
            if file is None:
                path.unlink(missing_ok=True)  # of an earlier run
            else:
                file.close(record)
                os.replace(_partial(path), path)
        return self._part

    def _open(self, kind: str) -> _RowGroups:
        return _RowGroups(_partial(part_path(self._output, kind, self._part.name)), SCHEMAS[kind])


def _partial(path: Path) -> Path:
    return path.with_name(path.name + ".partial")
