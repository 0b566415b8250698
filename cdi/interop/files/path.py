"""Which reader a path, a folder or standard input gets."""

from __future__ import annotations

import io
import itertools
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from cdi.domain.encounter import Encounter
from cdi.errors import InputError
from cdi.interop.files.document import read_document, read_json_lines
from cdi.interop.files.feeds import MakeFeeds
from cdi.interop.files.note import read_note
from cdi.interop.files.source import Placed, Source
from cdi.interop.files.table import Columns, read_table
from cdi.interop.problem import InputNotice, Report

SUFFIXES = (".txt", ".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".hl7")
"""File name endings that are read; capitals do not matter."""


def read_path(
    path: str | Path,
    report: Report,
    *,
    text_column: str | None = None,
    id_column: str | None = None,
    feeds: MakeFeeds | None = None,
) -> Iterator[Encounter]:
    """Yield every encounter that can be read at ``path``, in a fixed order.

    Tables and JSON lines are streamed: memory grows with the longest line and with the ids only.
    Nothing is raised for bad input; the second of two encounters with one id is a problem too.

    Args:
        path: a ``.txt`` file (one note), ``.json`` (an encounter, a note, or a list of them),
            ``.jsonl`` or ``.ndjson`` (one of them a line), ``.csv`` or ``.tsv`` (one note a row);
            ``.hl7`` (messages); a folder, read recursively in the order of names; ``-`` for
            standard input. Standard input and files without a suffix may be text, JSON, JSON
            lines or messages.
        report: called with each problem as it is met.
        text_column: heading of the text in tables; by default ``text``, ``note``, ``note_text``.
        id_column: heading of the id in tables; by default ``id`` or ``note_id``.
        feeds: makes the reader of FHIR bundles (in JSON) and HL7 v2 messages (``.hl7``); without
            it neither is read.
    """
    columns = Columns(text_column, id_column)
    if str(path) == "-":
        yield from read_stream(sys.stdin.buffer, report, feeds=feeds)
    elif Path(path).is_dir():
        yield from _without_repeats(_read_folder(Path(path), columns, report, feeds), report)
    else:
        yield from _without_repeats(
            _read_file(Path(path), Path(path).stem, columns, report, feeds), report
        )


def read_stream(
    stream: BinaryIO, report: Report, name: str = "stdin", feeds: MakeFeeds | None = None
) -> Iterator[Encounter]:
    """Yield every encounter in a byte stream of text, JSON or JSON lines; it stays open.

    Args:
        stream: the bytes; it need not be seekable.
        report: called with each problem as it is met.
        name: how messages and ids call it.
        feeds: makes the reader of FHIR bundles and HL7 v2 messages.
    """
    buffered = _Unclosing(stream)
    source = Source(name, name, buffered, report, feeds)
    yield from _without_repeats(_reported(source, _read_detected(source)), report)


class _Unclosing(io.BufferedReader):
    """A buffer over someone else's stream, which is theirs to close."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(cast(io.RawIOBase, stream))

    def __del__(self) -> None:
        if not self.closed:
            self.detach()


def _read_folder(
    folder: Path, columns: Columns, report: Report, feeds: MakeFeeds | None
) -> Iterator[Placed]:
    read_any = False
    for path in _files(folder, report):
        read_any = True
        stem = path.relative_to(folder).with_suffix("").as_posix()
        yield from _read_file(path, stem, columns, report, feeds)
    if not read_any:
        report(InputError("no file to read in this folder", source=str(folder)))


def _files(folder: Path, report: Report) -> Iterator[Path]:
    """Yield the files to read, each folder in the order of names; the others are reported."""
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        report(_unreadable(folder, error))
        return
    for entry in entries:
        reason = _skip_reason(entry)
        if reason:
            report(InputNotice(f"skipped, {reason}", source=str(entry)))
        elif entry.is_dir():
            yield from _files(entry, report)
        else:
            yield entry


def _skip_reason(entry: Path) -> str:
    if entry.name.startswith("."):
        return "hidden"
    if entry.is_dir():
        return "a link to a folder" if entry.is_symlink() else ""
    if not entry.is_file():
        return "not a regular file"
    return "" if entry.suffix.lower() in SUFFIXES else "unknown kind of file"


def _read_file(
    path: Path, stem: str, columns: Columns, report: Report, feeds: MakeFeeds | None
) -> Iterator[Placed]:
    try:
        with path.open("rb") as stream:
            source = Source(str(path), stem, stream, report, feeds)
            yield from _reported(source, _read_kind(source, path.suffix.lower(), columns))
    except OSError as error:
        report(_unreadable(path, error))


def _read_kind(source: Source, suffix: str, columns: Columns) -> Iterator[Placed]:
    match suffix:
        case ".txt":
            return read_note(source)
        case ".json":
            return read_document(source)
        case ".jsonl" | ".ndjson":
            return read_json_lines(source)
        case ".csv":
            return read_table(source, columns)
        case ".tsv":
            return read_table(source, columns, delimiter="\t")
        case ".hl7" if source.feeds:
            return _read_messages(source, source.feeds)
        case "":
            return _read_detected(source)
    return _refuse(source)


def _refuse(source: Source) -> Iterator[Placed]:
    source.fail(f"unknown kind of file, expected {', '.join(SUFFIXES)}")
    yield from ()


# MIMIC notes begin with "[**": a bracket alone makes no JSON.
_JSON_START = re.compile(r"\s*(?:\[\s*)?\{\s*[\"}]")


_HL7_START = re.compile(r"\x0b?\s*MSH[^\w\s]\S{4}")


def _read_messages(source: Source, feeds: MakeFeeds) -> Iterator[Placed]:
    for stay in feeds().messages(source.text(), source.report, source.name):
        yield Placed(stay, source.name, None)


def _read_detected(source: Source) -> Iterator[Placed]:
    """Read text, one JSON document, or JSON lines (the first line is an object by itself)."""
    if source.feeds and _HL7_START.match(source.beginning()):
        yield from _read_messages(source, source.feeds)
        return
    if not _JSON_START.match(source.beginning()):
        yield from read_note(source)
        return
    lines = source.lines()
    number, first = next((line for line in lines if line[1].strip()), (1, ""))
    if first.lstrip().startswith("{") and first.rstrip().endswith("}"):
        yield from read_json_lines(source, itertools.chain([(number, first)], lines))
    else:
        # Blank lines above count, so that messages name the right line.
        rest = "".join(text for _, text in lines)
        yield from read_document(source, "\n" * (number - 1) + first + rest)


def _reported(source: Source, placed: Iterator[Placed]) -> Iterator[Placed]:
    """Pass on what a reader yields and report what ends it."""
    try:
        yield from placed
    except InputError as error:
        source.report(error)


def _without_repeats(placed: Iterator[Placed], report: Report) -> Iterator[Encounter]:
    """Leave out and report every encounter whose id was met before: results go by id."""
    seen: set[str] = set()
    for encounter, name, line in placed:
        if encounter.id in seen:
            message = "an encounter with this id was read before"
            report(InputError(message, source=name, field="id", line=line))
            continue
        seen.add(encounter.id)
        yield encounter


def _unreadable(path: Path, error: OSError) -> InputError:
    return InputError(f"cannot be read: {error.strerror}", source=str(path))
