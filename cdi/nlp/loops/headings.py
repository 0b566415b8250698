"""Finding the words of notes that may be a heading.

Line for line, what stands before a colon, fills a short line or is followed by a dash is looked at;
see :class:`cdi.nlp.headings.Candidate`. What the words are is looked at in
:mod:`cdi.nlp.loops.openings`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cdi.nlp.loops.arrays import filled_numbers, greater, new_rows
from cdi.nlp.loops.compiler import compiled, inlined
from cdi.nlp.loops.kinds import CAPITAL, SMALL, Codes, Kinds
from cdi.nlp.loops.leads import (
    LONGEST,
    Lead,
    before_blanks,
    behind_blanks,
    behind_stop,
    characters,
    find,
    in_capitals,
    is_among,
    read_body,
    read_dash,
    read_lead,
    without_marks,
)

Rows = npt.NDArray[np.int64]
"""Candidates: start and end of the label, start, body, marks, and a column left empty."""

Offsets = npt.NDArray[np.integer[Any]]

LISTED, DEEP, INDENTED, INLINE, BARE, ALONE, DASHED, CAPITALS, CONTINUED, WHOLE = [
    1 << bit for bit in range(10)
]
"""Marks of a candidate; see :class:`cdi.nlp.headings.Candidate`."""

_COLUMNS = 6
_LINE_FEED, _COLON = np.uint32(0x0A), np.uint32(0x3A)
_SPACE, _ROUND_END = 0x20, 0x29
_STOPS = characters(".;,!?)")
_NO_HEADING_ENDS = characters(".,;")
_LINE_ENDS = characters(".:!?")


class Page(NamedTuple):
    """What the loops over lines are given.

    Attributes:
        codes: of the texts.
        kinds: of these.
        rows: room for the candidates.
        taken: how many there are.
    """

    codes: Codes
    kinds: Kinds
    rows: Rows
    taken: npt.NDArray[np.int64]


class Line(NamedTuple):
    """A line of a text.

    Attributes:
        start: where the line starts.
        end: where it ends.
        colon: the first in it, its end if it has none.
        dash: where capitals at its start end that a dash follows, or -1.
        dash_body: where what follows that dash begins.
        above: where the line above starts; the first has an empty one.
        above_end: where that ends.
        second: the line above is the first.
    """

    start: int
    end: int
    colon: int
    dash: int
    dash_body: int
    above: int
    above_end: int
    second: bool


@compiled
def find_words(codes: Codes, kinds: Kinds, starts: Offsets) -> tuple[Rows, npt.NDArray[np.int64]]:
    """Find the candidates of joined texts.

    Args:
        codes: of the texts and of a mark behind each.
        kinds: of these.
        starts: where each begins.

    Returns:
        The candidates in order; and for each text where it starts, from where to where its first
        line stands, white space before it left out, and behind which candidate its own end.
    """
    page = Page(
        codes,
        kinds,
        new_rows(_most(codes, len(starts)), _COLUMNS),
        filled_numbers(1, 0),
    )
    texts = new_rows(len(starts), 4)
    for text in range(len(starts)):
        start = starts[text]
        end = (starts[text + 1] if text + 1 < len(starts) else len(codes)) - 1
        first = behind_blanks(kinds, start, end)
        first_end = find(codes, first, end, _LINE_FEED)
        _read_text(page, start, end, first_end)
        texts[text, 0], texts[text, 1], texts[text, 2] = start, first, first_end
        texts[text, 3] = page.taken[0]
    return page.rows[: page.taken[0]], texts


@inlined
def _most(codes: Codes, texts: int) -> int:
    """Return more candidates than there can be."""
    lines = texts
    colons = 0
    for code in codes:
        lines += code == _LINE_FEED
        colons += code == _COLON
    return 2 * lines + colons


@inlined
def _read_text(page: Page, start: int, end: int, first_end: int) -> None:
    """Add the candidates of a text."""
    above = above_end = start
    while start < end:
        colon = line_end = start
        while line_end < end and page.codes[line_end] != _LINE_FEED:
            if page.codes[line_end] == _COLON and page.codes[colon] != _COLON:
                colon = line_end
            line_end += 1
        if page.codes[colon] != _COLON:
            colon = line_end
        dash, body = read_dash(page.codes, start, line_end)
        second = above_end == first_end
        _read_line(page, Line(start, line_end, colon, dash, body, above, above_end, second))
        above, above_end = start, line_end
        start = line_end + 1


@inlined
def _read_line(page: Page, line: Line) -> None:
    if line.colon < line.end:
        _add_labels(page, line)
    elif line.end - line.start <= LONGEST:
        _add_bare_line(page, line)
    if line.dash >= 0:
        start, body = line.start, line.dash_body
        _add(page, line, start, line.dash, start, body, DASHED)
    return


@inlined
def _add_bare_line(page: Page, line: Line) -> None:
    """Add a line without a colon."""
    end = without_marks(page.codes, line.start, line.end)
    if end == line.start or is_among(_NO_HEADING_ENDS, page.codes[end - 1]):
        return
    lead = read_lead(page.codes, page.kinds, line.start, end)
    if lead.end == end:
        return
    # A line in lower case may be the rest of a sentence, unless one has just ended.
    continued = (page.kinds[lead.end] & SMALL) != 0 and _goes_on(page, line)
    if continued and not line.second:
        return
    marks = BARE | ALONE | _marks(lead, line) | (CONTINUED if continued else 0)
    _add(page, line, lead.end, end, lead.start, line.end, marks)


@inlined
def _marks(lead: Lead, line: Line) -> int:
    """Return the marks that what stands before the words of a line gives."""
    marks = LISTED if lead.listed else 0
    if lead.hashes > 1:
        marks |= DEEP
    if lead.start > line.start:
        marks |= INDENTED
    return marks


@inlined
def _goes_on(page: Page, line: Line) -> bool:
    """Tell whether no sentence ends with the line above."""
    end = before_blanks(page.kinds, line.above, line.above_end)
    return end > line.above and not is_among(_LINE_ENDS, page.codes[end - 1])


@inlined
def _add_labels(page: Page, line: Line) -> None:
    """Add what stands before the colons of a line."""
    colon, previous = line.colon, line.start
    if colon - line.start <= LONGEST:
        lead = read_lead(page.codes, page.kinds, line.start, colon)
        end = without_marks(page.codes, lead.end, colon)
        if end > lead.end:
            body = read_body(page.codes, colon + 1, line.end)
            marks = _marks(lead, line) | (ALONE if body == line.end else 0)
            _add(page, line, lead.end, end, lead.start, body, marks)
            if _behind_stop_or_gap(page.codes, lead.end, end) == lead.end:
                previous = colon + 1
                colon = find(page.codes, previous, line.end, _COLON)
    while colon < line.end:
        _add_inline(page, line, previous, colon)
        previous = colon + 1
        colon = find(page.codes, previous, line.end, _COLON)
    return


@inlined
def _behind_stop_or_gap(codes: Codes, start: int, end: int) -> int:
    """Return what is behind the last stop or gap of a stretch, its start if it has none."""
    at = end
    while at > start:
        if is_among(_STOPS, codes[at - 1]):
            return at
        if codes[at - 1] == _SPACE and at - 1 > start and codes[at - 2] == _SPACE:
            return at
        at -= 1
    return start


@inlined
def _add_inline(page: Page, line: Line, previous: int, colon: int) -> None:
    """Add the words before a colon inside a line, if they are written like a heading."""
    start = greater(previous, colon - LONGEST)
    end = before_blanks(page.kinds, start, colon)
    if start == end:
        return
    last, closed = page.kinds[end - 1], page.codes[end - 1] == _ROUND_END
    if closed or (last & CAPITAL) != 0:
        end -= closed
        label = behind_blanks(page.kinds, _behind_stop_or_gap(page.codes, start, end), end)
        end = before_blanks(page.kinds, label, end)
        if end - label < 2 or not in_capitals(page.codes, page.kinds, label, end):
            return
    elif last & SMALL:
        label = behind_blanks(page.kinds, behind_stop(page.codes, start, end), end)
    else:
        return
    if behind_blanks(page.kinds, line.start, label) == label:
        return
    body = read_body(page.codes, colon + 1, line.end)
    _add(page, line, label, end, label, body, INLINE)


@inlined
def _add(
    page: Page, line: Line, label: int, label_end: int, start: int, body: int, marks: int
) -> None:
    row = page.rows[page.taken[0]]
    row[0], row[1], row[2], row[3] = label, label_end, start, body
    # What stands before a dash steps back to the start of the line: what was seen on it counts.
    row[4] = marks | WHOLE if line.dash >= 0 else marks
    page.taken[0] += 1
