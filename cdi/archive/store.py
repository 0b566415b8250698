"""Where notes lie: Parquet, CSV, JSON lines and Delta, read in batches of bounded size."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from cdi.archive.batch import ROW
from cdi.errors import InputError

SUFFIXES = (".parquet", ".csv", ".tsv", ".jsonl", ".ndjson")
BATCH = 512
"""Rows read at once."""
_LONGEST_CELL = 64 * 2**20


class StoreFile(NamedTuple):
    """One file of a store and its name relative to the store, which the output takes."""

    path: Path
    name: str


class BadRow(NamedTuple):
    """A row that could not even be parsed; ``row`` counts from 0."""

    row: int
    reason: str


def list_files(store: str) -> list[StoreFile]:
    """Return the files of a file, folder, Delta table or glob, in the order of names.

    Raises:
        InputError: there is nothing to read, or a Delta table cannot be read.
    """
    path = Path(store)
    if (path / "_delta_log").is_dir():
        found = _delta_files(path)
    elif path.is_dir():
        found = [p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES and _visible(p, path)]
    elif path.is_file():
        found = [path]
    else:
        root = Path(path.anchor or ".")
        pattern = str(path.relative_to(root)) if path.anchor else store
        found = [p for p in root.glob(pattern) if p.is_file()]
    for file in found:
        if file.suffix.lower() not in SUFFIXES:
            expected = ", ".join(SUFFIXES)
            raise InputError(f"unknown kind of file, expected {expected}", source=str(file))
    if not found:
        raise InputError("no file to read here", source=store)
    base = path if path.is_dir() else _common_folder(found)
    return [StoreFile(p, p.relative_to(base).as_posix()) for p in sorted(found)]


def _visible(path: Path, root: Path) -> bool:
    """Spark and others mark what is not data with a dot or underscore."""
    return not any(part.startswith((".", "_")) for part in path.relative_to(root).parts)


def _common_folder(files: Sequence[Path]) -> Path:
    first = files[0].parent
    while not all(file.is_relative_to(first) for file in files):
        first = first.parent
    return first


def _delta_files(table: Path) -> list[Path]:
    """Return the files of the newest version: what a folder holds besides is deleted or new."""
    from deltalake import DeltaTable
    from deltalake.exceptions import DeltaError

    try:
        uris = DeltaTable(str(table)).file_uris()
    except DeltaError as error:
        raise InputError(f"not a readable Delta table: {error}", source=str(table)) from None
    return [Path(uri.removeprefix("file://")) for uri in uris]


def count_rows(file: Path) -> int | None:
    """Return the number of rows if the file knows it."""
    if file.suffix.lower() != ".parquet":
        return None
    with _told(file):
        return int(pq.read_metadata(file).num_rows)


def read_batches(
    file: Path, columns: Sequence[str], bad: list[BadRow], size: int = BATCH
) -> Iterator[pa.RecordBatch]:
    """Yield a file in batches with just these columns and the number of each row.

    Args:
        file: one file of :func:`list_files`.
        columns: names of columns; in JSON lines a missing key is null.
        bad: takes the rows that cannot be parsed.
        size: rows in a batch.

    Raises:
        InputError: the file cannot be read at all or lacks a column.
    """
    suffix = file.suffix.lower()
    with _told(file):
        if suffix == ".parquet":
            yield from _parquet(file, columns, size)
        elif suffix in {".csv", ".tsv"}:
            rows = _table_rows(file, columns, "\t" if suffix == ".tsv" else ",", bad)
            yield from _batched(rows, columns, size)
        else:
            yield from _batched(_json_rows(file, bad), columns, size)


@contextmanager
def _told(file: Path) -> Iterator[None]:
    """Turn the errors of the file system and of Arrow into one that names the file."""
    try:
        yield
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
        kind = type(error).__name__
        raise InputError(f"cannot be read ({kind})", source=str(file)) from None


def _parquet(file: Path, columns: Sequence[str], size: int) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(file) as source:
        _check(columns, source.schema_arrow.names, file)
        row = 0
        for batch in source.iter_batches(batch_size=size, columns=list(columns)):
            yield batch.append_column(ROW, pa.array(range(row, row + len(batch)), pa.int64()))
            row += len(batch)


def _check(columns: Iterable[str], available: Sequence[str], file: Path) -> None:
    for name in columns:
        if name not in available:
            raise InputError("there is no such column", source=str(file), field=name)


def _table_rows(
    file: Path, columns: Sequence[str], delimiter: str, bad: list[BadRow]
) -> Iterator[dict[str, Any]]:
    csv.field_size_limit(_LONGEST_CELL)
    with file.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream, delimiter=delimiter)
        headings = next(reader, [])
        _check(columns, headings, file)
        for number, cells in enumerate(reader):
            if len(cells) == len(headings):
                yield {**dict(zip(headings, cells, strict=True)), ROW: number}
            else:
                bad.append(BadRow(number, f"{len(cells)} cells, expected {len(headings)}"))


def _json_rows(file: Path, bad: list[BadRow]) -> Iterator[dict[str, Any]]:
    with file.open("rb") as stream:
        for number, line in enumerate(stream):
            try:
                row = json.loads(line)
            except ValueError:
                bad.append(BadRow(number, "not a line of JSON"))
                continue
            if isinstance(row, dict):
                yield {**row, ROW: number}
            else:
                bad.append(BadRow(number, "not a JSON object"))


def _batched(
    rows: Iterable[dict[str, Any]], columns: Sequence[str], size: int
) -> Iterator[pa.RecordBatch]:
    pending: list[dict[str, Any]] = []
    for row in rows:
        pending.append(row)
        if len(pending) == size:
            yield _batch(pending, columns)
            pending = []
    if pending:
        yield _batch(pending, columns)


def _batch(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> pa.RecordBatch:
    """Make a batch of text columns: a number is its digits, a nested value no text."""
    arrays = [pa.array([_cell(row.get(name)) for row in rows], pa.string()) for name in columns]
    numbers = pa.array([row[ROW] for row in rows], pa.int64())
    return pa.RecordBatch.from_arrays([*arrays, numbers], names=[*columns, ROW])


def _cell(value: Any) -> str | None:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return None
