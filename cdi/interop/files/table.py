"""CSV and TSV: one note a row."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cdi.errors import InputError
from cdi.interop.files.note import single_note
from cdi.interop.files.source import LIMIT, Placed, Source
from cdi.rules.loader import did_you_mean

TEXT_COLUMNS = ("text", "note", "note_text")
ID_COLUMNS = ("id", "note_id")


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns to read, by their headings; None takes the first usual name that is there."""

    text: str | None = None
    id: str | None = None


def read_table(source: Source, columns: Columns, delimiter: str | None = None) -> Iterator[Placed]:
    """Yield one encounter for each row.

    Args:
        source: the file; its first row holds the headings.
        columns: which columns hold text and id. Without an id column, ids are made of file name
            and line.
        delimiter: what stands between cells; None takes comma, semicolon or tab, whichever the
            first row has most of.

    Raises:
        InputError: there is no text column or no chosen id column.
    """
    rows = _rows(source, delimiter)
    _, headings = next(rows, (0, None))
    if headings is None:
        raise InputError("the file is empty", source=source.name)
    layout = _layout(source, headings, columns)
    for line, cells in rows:
        if len(cells) != len(headings):
            # Reading on would cut a text at its first bare delimiter.
            source.fail(f"{len(cells)} cells, expected {len(headings)}", line=line)
            continue
        given = cells[layout.id].strip() if layout.id is not None else ""
        encounter = single_note(source, given or f"{source.stem}:{line}", cells[layout.text], line)
        if encounter is not None:
            yield Placed(encounter, source.name, line)


class _Layout(NamedTuple):
    text: int
    id: int | None


def _rows(source: Source, delimiter: str | None) -> Iterator[tuple[int, list[str]]]:
    """Yield the line on which each row begins, and its cells; unreadable rows are reported."""
    # The limit is the process's own; the default of 128 kB is shorter than long notes.
    csv.field_size_limit(max(LIMIT, csv.field_size_limit()))
    lines = _Lines(source)
    first = next(lines, "")
    lines.again = first
    chosen = delimiter or max(",;\t", key=first.count)
    reader = csv.reader(lines, delimiter=chosen, strict=True)
    while True:
        lines.begin_row()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            until = f", read up to line {lines.number}" if lines.number > lines.begin else ""
            source.fail(f"not a valid row{until}: {error}", line=lines.begin)
            continue
        if lines.gap:
            source.fail("a line of this row could not be read", line=lines.begin)
        elif cells:
            yield lines.begin, cells


class _Lines(Iterator[str]):
    """The lines of a source as the csv module takes them, row by row.

    Attributes:
        number: the last line given.
        begin: the line on which the current row began.
        gap: whether a line of the current row was left out.
        again: a line to give once more.
    """

    def __init__(self, source: Source) -> None:
        self._lines = source.lines()
        self.number = 0
        self.again = ""
        self.begin_row()

    def begin_row(self) -> None:
        """Forget the lines given so far."""
        self.begin, self.gap = 0, False

    def __next__(self) -> str:
        if self.again:
            line, self.again = self.again, ""
        else:
            before = self.number
            self.number, line = next(self._lines)
            self.gap |= bool(self.begin) and self.number != before + 1
        self.begin = self.begin or self.number
        return line


def _layout(source: Source, headings: Sequence[str], columns: Columns) -> _Layout:
    names = [heading.strip().casefold() for heading in headings]

    def position(wanted: Sequence[str]) -> int | None:
        found = (names.index(name.casefold()) for name in wanted if name.casefold() in names)
        return next(found, None)

    text = position([columns.text] if columns.text else TEXT_COLUMNS)
    if text is None:
        raise _no_column(source, [columns.text] if columns.text else TEXT_COLUMNS, names)
    identifier = position([columns.id] if columns.id else ID_COLUMNS)
    if identifier is None and columns.id:
        raise _no_column(source, [columns.id], names)
    return _Layout(text, identifier)


def _no_column(source: Source, wanted: Sequence[str], names: Sequence[str]) -> InputError:
    # Only a heading that resembles a wanted one is repeated: a file without headings begins
    # with a patient's data.
    hints = (did_you_mean(name, names) for name in wanted)
    hint = next((hint for hint in hints if "did you mean" in hint), "")
    expected = " or ".join(f"`{name}`" for name in wanted)
    message = f"no column {expected} among {len(names)} headings{hint}"
    return InputError(message, source=source.name, line=1)
