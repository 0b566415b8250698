"""Rows of laboratory tables: one name, then a value for each column of dates.

A row counts only below a head that says when each column was measured ("3/2  3/3  3/4", "HD1
HD2", "pre-op POD0 POD1"). Without one, further numbers on a line may as well be a reference range
or a second analyte, and only the first is read as ever.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from cdi.domain.reading import Timing

_MOST_LINES = 40  # between a row and its head
# Words of a head besides its columns, "Component  Latest Ref Rng"; one where a single column is
# dated, as "pre-op  3/2".
_MOST_WORDS, _FEW_WORDS = 5, 1
_MOST_INDENTED = 12  # characters before the name of a row
_NEAREST = 3  # characters between a cell and its column, where rows have gaps
_LONG_AGO = 30  # days before the latest column: not of this stay
_MONTH = 31
_YEAR = 12 * _MONTH
_HALF_YEAR = 6 * _MONTH

# What follows a name in a row: two cells, or a label, range or unit before them.
_ROW = re.compile(r"[^\n|\t]{0,32}?(?:[ ]{2,}|[ ]*[|\t][ ]*|[0-9*)]{1,2}[ ])[<>]?[0-9-]")
_CELL = re.compile(r"[^\s|]+")
_NUMERIC = re.compile(r"[<>]?=?[0-9]|\.[0-9]")
_EMPTY = re.compile(r"-{1,3}|\u2013|\u2014|n/?a|pend(?:ing)?|nd|\.{2,3}")
_NEXT_CELL = re.compile(r"[|\t]")
_BEFORE_NAME = " \t|*-\u2022"
_COLUMN = re.compile(
    r"(?<![\w/.])(?:"
    r"(?P<month>1[0-2]|0?[1-9])[/-](?P<date>[0-2]?[0-9]|3[01])(?:[/-](?P<year>(?:20)?[0-9]{2}))?"
    r"(?:[ ]?(?P<time>[0-2][0-9]:?[0-5][0-9]))?(?![\w/])"
    r"|(?:hd|pod|hospital day|day|d)[ ]?#?(?P<day>[0-9]{1,2})\b"
    r"(?:[ ](?P<hour>[0-2][0-9]:?[0-5][0-9]))?"
    r"|(?P<clock>[0-2]?[0-9]:[0-5][0-9]|[0-2][0-9][0-5]0(?=[\s|]|$))"
    r"|(?P<before>baseline|b/l|prior|previous|pre-?op|clinic|office)\b"
    r"|(?P<word>adm(?:it|ission)?|ed|today|yest(?:erday)?|now|current|d/c|discharge|post-?op|a\.?m|"
    r"p\.?m)\b"
    r")(?:[ ]?\([^()\n]{1,8}\))?"
)
_BASELINES = frozenset({"baseline", "b/l"})


class _Column(NamedTuple):
    """A column of a head: where it stands on its line, and when it was measured."""

    start: int
    end: int
    timing: Timing


class _Head(NamedTuple):
    """The head of a table; ``descending`` if its first column is the latest."""

    columns: tuple[_Column, ...]
    descending: bool


class Cell(NamedTuple):
    """A cell of a row: where its text stands, its moment, where it stood in the order of time."""

    start: int
    end: int
    timing: Timing
    place: int


class TableReader:
    """Finds the rows of tables in one note.

    Args:
        text: the note in lower case.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._heads: dict[int, _Head | None] = {}  # by the line a row stands on

    def cells(self, start: int, end: int) -> Sequence[Cell]:
        """Return the cells behind a name that begins a row, without the empty ones.

        Args:
            start: where the name starts.
            end: where it ends.
        """
        text = self._text
        line = text.rfind("\n", 0, start) + 1
        if start - line > _MOST_INDENTED or _ROW.match(text, end) is None:
            return ()
        if text[line:start].strip(_BEFORE_NAME):
            return ()
        head = self._head(line)
        if head is None:
            return ()
        stop = text.find("\n", end)
        return _row(text, head, line, end, stop if stop >= 0 else len(text))

    def _head(self, line: int) -> _Head | None:
        """Return the head above a line, if the lines between are rows."""
        text, passed, at = self._text, [line], line
        head = None
        for _ in range(_MOST_LINES):
            if at == 0:
                break
            above = text.rfind("\n", 0, at - 1) + 1
            if above in self._heads:
                head = self._heads[above]
                break
            words = text[above : at - 1]
            if not words.strip():
                break
            head = _read_head(words)
            if head is not None:
                break
            at = above
            passed.append(above)
        self._heads.update(dict.fromkeys(passed, head))
        return head


def _read_head(line: str) -> _Head | None:
    found = list(_COLUMN.finditer(line))
    if len(found) < 2:
        return None
    moments = _moments(found)
    known = [moment for moment in moments if moment is not None]
    words = len(_COLUMN.sub(" ", line).replace("|", " ").split())
    if words > (_MOST_WORDS if len(known) > 1 else _FEW_WORDS):
        return None
    latest = max(known, default=0)
    descending = len(known) > 1 and known[0] > known[-1]
    cells = _NEXT_CELL.search(line) is not None
    columns = []
    for match, moment in zip(found, moments, strict=True):
        # Cells parted by bars or tabs are told apart by their number, not by where they stand.
        place = len(_NEXT_CELL.findall(line, 0, match.start())) if cells else match.start()
        timing = Timing.CURRENT
        if match["before"]:
            timing = Timing.BASELINE if match["before"] in _BASELINES else Timing.PRIOR
        elif moment is not None and match["month"] and latest - moment > _LONG_AGO:
            timing = Timing.PRIOR
        columns.append(_Column(place, place if cells else match.end(), timing))
    return _Head(tuple(columns), descending)


def _moments(found: Sequence[re.Match[str]]) -> list[float | None]:
    """Return days by which columns can be put in order, None for those that cannot."""
    moments = [_moment(match) for match in found]
    known = [moment for moment in moments if moment is not None]
    if known and max(known) - min(known) > _HALF_YEAR and not any(m["year"] for m in found):
        # "12/30  1/2": the year turns.
        return [m if m is None or m > _HALF_YEAR else m + _YEAR for m in moments]
    return moments


def _moment(match: re.Match[str]) -> float | None:
    clock = match["time"] or match["hour"] or match["clock"]
    hours = int(clock[: len(clock.replace(":", "")) - 2]) / 24 if clock else 0.0
    if match["month"]:
        year = int(match["year"] or 0) % 100
        return year * _YEAR + int(match["month"]) * _MONTH + int(match["date"]) + hours
    if match["day"]:
        return float(match["day"]) + hours
    return hours if match["clock"] else None


def _row(text: str, head: _Head, line: int, start: int, stop: int) -> list[Cell]:
    """Return the cells of a row that hold a number; none if they do not fit the head."""
    columns = head.columns
    if _NEXT_CELL.search(text, line, stop) is not None:
        parts = _parted(text, line, stop)
        placed = [(parts[c.start], c) for c in columns if c.start < len(parts)]
    else:
        placed = _placed(text, columns, line, start, stop)
    filled = [
        (span, column)
        for span, column in placed
        if span[0] >= start and _NUMERIC.match(text, *span)
    ]
    places = [first for (first, _), _ in filled]
    if head.descending:
        places.reverse()
    return [
        Cell(*span, column.timing, place)
        for (span, column), place in zip(filled, places, strict=True)
    ]


def _parted(text: str, line: int, stop: int) -> list[tuple[int, int]]:
    """Return the cells between the bars or tabs of a line, without the blanks around them."""
    parts, at = [], line
    for break_ in [*_NEXT_CELL.finditer(text, line, stop), None]:
        end = break_.start() if break_ else stop
        part = text[at:end]
        parts.append((at + len(part) - len(part.lstrip()), at + len(part.rstrip())))
        at = break_.end() if break_ else stop
    return parts


def _placed(
    text: str, columns: Sequence[_Column], line: int, start: int, stop: int
) -> list[tuple[tuple[int, int], _Column]]:
    """Return the cells of a line of words, each with its column; none if one has two."""
    # Neither the words of "Trop (hs)  48" nor flags and units are cells.
    spans = [m.span() for m in _CELL.finditer(text, start, stop) if _is_cell(text, m.span())]
    if len(spans) == len(columns):
        return list(zip(spans, columns, strict=True))
    placed: dict[_Column, tuple[int, int]] = {}
    for first, last in spans:
        nearest = min(columns, key=lambda c: _distance(c, first - line, last - line))
        if _distance(nearest, first - line, last - line) > _NEAREST:
            continue
        if nearest in placed:
            return []
        placed[nearest] = first, last
    return [(placed[column], column) for column in columns if column in placed]


def _is_cell(text: str, span: tuple[int, int]) -> bool:
    return bool(_NUMERIC.match(text, *span) or _EMPTY.fullmatch(text, *span))


def _distance(column: _Column, start: int, end: int) -> int:
    return max(0, column.start - end, start - column.end)
