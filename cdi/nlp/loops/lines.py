"""How the lines of a note begin and end."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cdi.nlp.loops.arrays import greater
from cdi.nlp.loops.compiler import inlined
from cdi.nlp.loops.digits import Digits, digit_value
from cdi.nlp.loops.kinds import BLANK, DECIMAL, Codes, Kinds, code_points
from cdi.nlp.loops.leads import before_blanks, find
from cdi.nlp.loops.signs import (
    COLON,
    HASH,
    LINE_FEED,
    ROUND,
    ROUND_END,
    SPACE,
    STOP,
    TAB,
    code_at,
    is_capital,
    is_one_of,
    is_small,
    is_stop,
    kind_at,
)

NOTHING, NUMBER, BULLET, LABEL, PLAIN = range(5)
"""How a line begins: with "1.", "-", "Lungs:" or otherwise; NOTHING is no line."""

_NARROWEST, _WIDEST = 50, 120  # columns of a hard-wrapped note
_RAGGED = 15  # columns by which its lines may fall short
_FEWEST_FULL = 3  # lines
_SHORT = 60  # code points of a line that names a problem rather than tells of it
_FEW_WORDS = 8
_TAB_WIDTH = 8  # columns
_MOST_WORDS_BEHIND = 3  # of a label, behind its first
_LARGE = 10**15  # beyond the numbers of lists
_LINE_FEED = np.uint32(LINE_FEED)

_BULLETS = code_points("\u2022\u00b7\u25cf\u25aa\u25e6\u2023")
_BULLETS_BEFORE_A_WORD = code_points("-*\u2013\u2014>")
_BEHIND_HASHES = code_points(".):")


class Line(NamedTuple):
    """A line, or what stands behind a heading on its line.

    Attributes:
        style: number, bullet, label or plain.
        mark: the number of a numbered line, 0 of a lone "#"; what makes two bullets alike.
        indent: columns before it.
        short: it is short enough to name a problem.
        ended: it ends with a full stop or the like.
        opens: it ends with a colon.
        lead: where it goes on behind number or bullet.
    """

    style: int
    mark: int
    indent: int
    short: bool
    ended: bool
    opens: bool
    lead: int


@inlined
def line_of(style: int) -> Line:
    """Return a line of which only the style is known."""
    return Line(style, 0, 0, False, False, False, 0)


@inlined
def wrap_width(codes: Codes, start: int, end: int) -> int:
    """Return the width in columns at which a note is hard-wrapped, 0 if it is not."""
    width, at = 0, start
    while at <= end:
        behind = find(codes, at, end, _LINE_FEED)
        width = greater(width, behind - at)
        if width > _WIDEST:
            return 0
        at = behind + 1
    if width < _NARROWEST:
        return 0
    full, at = 0, start
    while at <= end:
        behind = find(codes, at, end, _LINE_FEED)
        full += behind - at > width - _RAGGED
        at = behind + 1
    return width if full >= _FEWEST_FULL else 0


@inlined
def read_line(codes: Codes, kinds: Kinds, start: int, end: int, digits: Digits) -> Line:
    """Return how a line begins and ends."""
    at, indent = start, 0
    while code_at(codes, at, end) in (SPACE, TAB):
        indent += _TAB_WIDTH if codes[at] == TAB else 1
        at += 1
    style, mark, lead = PLAIN, 0, at
    behind = _number_end(codes, kinds, at, end)
    if behind >= 0:
        style, mark, lead = NUMBER, number_in(codes, kinds, at, behind, digits), behind
    else:
        behind = _bullet_end(codes, at, end)
        if behind >= 0:
            style, mark, lead = BULLET, code_at(codes, behind - 1, end), behind
        elif _has_label(codes, kinds, at, end):
            style = LABEL
    words_end = before_blanks(kinds, start, end)
    last = code_at(codes, words_end - 1, end)
    short = _is_short(codes, start, words_end, at - start)
    return Line(style, mark, indent, short, is_stop(last), last == COLON, lead)


@inlined
def number_in(codes: Codes, kinds: Kinds, start: int, end: int, digits: Digits) -> int:
    """Return the number of "2." or "(2)", 0 of a lone "#"."""
    while start < end and not kinds[start] & DECIMAL:
        start += 1
    number = 0
    while start < end and kinds[start] & DECIMAL:
        number = (number * 10 + digit_value(codes[start], digits)) % _LARGE
        start += 1
    return number


@inlined
def _is_short(codes: Codes, start: int, end: int, indent: int) -> bool:
    if end - start > _SHORT:
        return False
    words = 0
    for at in range(start, end):
        words += codes[at] == SPACE
    return words <= _FEW_WORDS + indent


@inlined
def _number_end(codes: Codes, kinds: Kinds, at: int, end: int) -> int:
    """Return the end of "1.", "2 )", "(3)", "#" or "# 4:" at an offset, -1 if there is none."""
    code = code_at(codes, at, end)
    if code == HASH:
        return _hash_end(codes, kinds, at, end)
    bracket = code == ROUND
    at += bracket
    if not kind_at(kinds, at, end) & DECIMAL:
        return -1
    at += 1
    if kind_at(kinds, at, end) & DECIMAL:
        at += 1
    if bracket:
        return at + 1 if code_at(codes, at, end) == ROUND_END else -1
    if code_at(codes, at, end) == SPACE:
        at += 1
    if code_at(codes, at, end) not in (STOP, ROUND_END):
        return -1
    return -1 if kind_at(kinds, at + 1, end) & DECIMAL else at + 1


@inlined
def _hash_end(codes: Codes, kinds: Kinds, at: int, end: int) -> int:
    while code_at(codes, at, end) == HASH:
        at += 1
    hashes_end = at
    if code_at(codes, at, end) == SPACE:
        at += 1
    while kind_at(kinds, at, end) & DECIMAL:
        at += 1
    if is_one_of(code_at(codes, at, end), _BEHIND_HASHES):
        at += 1
    if _goes_on(code_at(codes, at, end)):
        return at
    return hashes_end if code_at(codes, hashes_end, end) == SPACE else -1


@inlined
def _goes_on(code: int) -> bool:
    """Tell whether a sign before this is a mark of the line."""
    return code in (SPACE, TAB) or is_capital(code) or is_small(code)


@inlined
def _bullet_end(codes: Codes, at: int, end: int) -> int:
    """Return the end of a bullet, "a)" or "b." at an offset, -1 if there is none."""
    code, behind = code_at(codes, at, end), code_at(codes, at + 1, end)
    if is_one_of(code, _BULLETS) or (is_one_of(code, _BULLETS_BEFORE_A_WORD) and _goes_on(behind)):
        return at + 1
    lettered = (is_small(code) and behind in (STOP, ROUND_END)) or (
        is_capital(code) and behind == ROUND_END
    )
    return at + 2 if lettered and code_at(codes, at + 2, end) in (SPACE, TAB) else -1


@inlined
def _has_label(codes: Codes, kinds: Kinds, at: int, end: int) -> bool:
    """Tell whether a line begins with a capital and few words before a colon."""
    if not is_capital(code_at(codes, at, end)):
        return False
    for word in range(_MOST_WORDS_BEHIND + 1):
        at += 1  # behind the first letter, or the blank before a further word
        start = at
        while at < end and not kinds[at] & BLANK and codes[at] not in (COLON, STOP):
            at += 1
        if word and at == start:
            return False
        code = code_at(codes, at, end)
        if code == COLON:
            return at + 1 == end or kind_at(kinds, at + 1, end) & BLANK != 0
        if code != SPACE:
            return False
    return False
