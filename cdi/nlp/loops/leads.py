"""What stands around the words of a heading: indents, numbers, bullets, marks and dashes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cdi.nlp.loops.arrays import lesser
from cdi.nlp.loops.compiler import inlined
from cdi.nlp.loops.kinds import BLANK, CAPITAL, DECIMAL, SMALL, Codes, Kinds

Characters = npt.NDArray[np.bool_]
"""Which characters of ASCII are meant."""

LONGEST = 80
"""Code points of the longest heading."""

_ASCII = 128
_SPACE, _HASH, _STAR, _STOP = 0x20, 0x23, 0x2A, 0x2E
_ROUND, _A, _Z = 0x28, 0x41, 0x5A
_EN_DASH, _EM_DASH, _HYPHEN = 0x2013, 0x2014, 0x2D
_MOST_DIGITS, _MOST_ROMAN, _MOST_MARKS = 2, 4, 3


def characters(which: str) -> Characters:
    """Return a set of characters of ASCII as loops take it."""
    return np.array([chr(code) in which for code in range(_ASCII)])


_BLANKS = characters(" \t")
_MARKS = characters("*_")
_MARKS_OR_BLANKS = characters(" \t*_")
_BLANKS_OR_COMMAS = characters(" \t,")
_ENDS_OF_NUMBERS = characters(".)")
_OF_CAPITALS = characters("ABCDEFGHIJKLMNOPQRSTUVWXYZ/& ")
_ROMAN = characters("IVX")
_BULLETS = characters("-+>")
_WIDE_BULLETS = np.array(list(map(ord, "\u2022\u00b7\u25cf\u25aa\u25e6\u2023\u2013\u2014")))
_TITLE_CASE = np.array(
    [code for code in range(0x2000) if chr(code).istitle() and not chr(code).isupper()]
)


class Lead(NamedTuple):
    """What stands before the words of a line.

    Attributes:
        start: where it starts, behind the indent.
        end: where it ends.
        hashes: number of "#" in it.
        listed: there is a number or a bullet.
    """

    start: int
    end: int
    hashes: int
    listed: bool


@inlined
def is_among(characters_: Characters, code: np.uint32) -> bool:
    """Tell whether a code point is one of these."""
    return bool(code < _ASCII and characters_[code])


@inlined
def behind(codes: Codes, start: int, end: int, characters_: Characters) -> int:
    """Return where other characters than these begin."""
    while start < end and is_among(characters_, codes[start]):
        start += 1
    return start


@inlined
def before(codes: Codes, start: int, end: int, characters_: Characters) -> int:
    """Return where other characters than these end."""
    while end > start and is_among(characters_, codes[end - 1]):
        end -= 1
    return end


@inlined
def without_marks(codes: Codes, start: int, end: int) -> int:
    """Return where a stretch ends but for blanks and marks of emphasis."""
    return before(codes, start, end, _MARKS_OR_BLANKS)


@inlined
def behind_blanks(kinds: Kinds, start: int, end: int) -> int:
    """Return where something else than white space begins."""
    while start < end and kinds[start] & BLANK:
        start += 1
    return start


@inlined
def before_blanks(kinds: Kinds, start: int, end: int) -> int:
    """Return where something else than white space ends."""
    while end > start and kinds[end - 1] & BLANK:
        end -= 1
    return end


@inlined
def find(codes: Codes, start: int, end: int, code: np.uint32) -> int:
    """Return the first place of a code point in a stretch, the end if it has none."""
    while start < end and codes[start] != code:
        start += 1
    return start


@inlined
def behind_stop(codes: Codes, start: int, end: int) -> int:
    """Return what is behind the last full stop with a blank behind it, the start without one."""
    for at in range(end - 1, start, -1):
        if codes[at] == _SPACE and codes[at - 1] == _STOP:
            return at + 1
    return start


@inlined
def in_capitals(codes: Codes, kinds: Kinds, start: int, end: int) -> bool:
    """Tell what ``str.isupper`` tells of a stretch."""
    cased = False
    for at in range(start, end):
        if kinds[at] & SMALL:
            return False
        if kinds[at] & CAPITAL:
            cased = True
        elif codes[at] >= _ASCII and _is_title_case(codes[at]):
            return False
    return cased


@inlined
def _is_title_case(code: np.uint32) -> bool:
    known = False
    for other in _TITLE_CASE:
        known |= code == other
    return known


@inlined
def read_lead(codes: Codes, kinds: Kinds, start: int, end: int) -> Lead:
    """Return what stands before the words of a line."""
    start = behind(codes, start, end, _BLANKS)
    at = start
    while at < end and codes[at] == _HASH:
        at += 1
    hashes = at - start
    if not hashes:
        at = _behind_item(codes, kinds, start, end)
    listed = at > start and not hashes
    at = behind(codes, at, end, _BLANKS)
    return Lead(start, behind(codes, at, lesser(end, at + _MOST_MARKS), _MARKS), hashes, listed)


@inlined
def _behind_item(codes: Codes, kinds: Kinds, start: int, end: int) -> int:
    """Return where the number or bullet of a list item ends, ``start`` if there is none."""
    number = start + 1 if start < end and codes[start] == _ROUND else start
    at = number
    while at < lesser(end, number + _MOST_DIGITS) and kinds[at] & DECIMAL:
        at += 1
    if at == number:
        at = behind(codes, start, lesser(end, start + _MOST_ROMAN), _ROMAN)
    if at > number and at < end and is_among(_ENDS_OF_NUMBERS, codes[at]):
        return at + 1
    at = start
    while at < end and _is_bullet(codes[at]):
        at += 1
    starred = at == start and at + 1 < end and codes[at] == _STAR
    return at + 1 if starred and behind(codes, at + 1, end, _BLANKS) > at + 1 else at


@inlined
def _is_bullet(code: np.uint32) -> bool:
    if code < _ASCII:
        return bool(_BULLETS[code])
    known = False
    for other in _WIDE_BULLETS:
        known |= code == other
    return known


@inlined
def read_body(codes: Codes, start: int, end: int) -> int:
    """Return where on its line what follows a heading begins."""
    at = behind(codes, start, end, _BLANKS)
    at = behind(codes, at, lesser(end, at + _MOST_MARKS), _MARKS)
    return behind(codes, at, end, _BLANKS_OR_COMMAS)


@inlined
def read_dash(codes: Codes, start: int, end: int) -> tuple[int, int]:
    """Return where capitals end that a dash follows, and where what follows that begins.

    Both are -1 if the line does not begin with two capitals, or no dash follows.
    """
    if end - start < 2 or not (_is_capital(codes[start]) and _is_capital(codes[start + 1])):
        return -1, -1
    at = behind(codes, start, end, _OF_CAPITALS)
    words = at
    while codes[words - 1] == _SPACE:
        words -= 1
    dash = behind(codes, at, end, _BLANKS)
    at = dash
    while at < end and _is_dash(codes[at]):
        at += 1
    if at > dash and behind(codes, at, lesser(end, at + 1), _BLANKS) > at:
        return words, at + 1
    return -1, -1


@inlined
def _is_capital(code: np.uint32) -> bool:
    return bool(_A <= code <= _Z)


@inlined
def _is_dash(code: np.uint32) -> bool:
    return bool(code == _HYPHEN or _EN_DASH <= code <= _EM_DASH)
