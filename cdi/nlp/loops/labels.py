"""The words of a heading: how they are written, and what of them a table knows."""

from __future__ import annotations

from typing import NamedTuple, cast

import numpy as np

from cdi.nlp.loops.compiler import inlined
from cdi.nlp.loops.kinds import ALPHANUMERIC, BLANK, CAPITAL, Codes, Kinds
from cdi.nlp.loops.leads import LONGEST, before, behind, characters, is_among
from cdi.nlp.loops.words import SEED, WordTable, hash_of, is_used, mixed, number_of


def _number(value: int) -> int:
    """Return a number as loops take it that are not compiled anew for each they are called with."""
    return cast("int", np.int64(value))


# What a word is in the table for.
HEADING = _number(1)
"""It is a heading, folded; its number is one of the pack's, or :data:`UNCERTAIN`."""
BEGINS = _number(2)
"""A heading that begins with it is known by it."""
ENDS = _number(4)
"""A heading that ends with it is."""
TITLE = _number(8)
"""A note's first line that begins or ends with it is its title."""
SMALL_WORD = _number(16)
"""It needs no capital in a heading."""
IN_A_PARAGRAPH = _number(32)
"""It is a heading in a paragraph, though it is one word."""
RECORD = _number(64)
"""It may name an old record."""

UNLISTED = _number(-1)
"""The number of what is no heading of the pack."""
UNCERTAIN = _number(-2)
"""The number of what only :func:`cdi.rules.sections.fold_heading` can tell."""

_NONE = _number(0)
_ASCII = 128
_SPACE, _HYPHEN, _AND = 0x20, 0x2D, 0x26
_APOSTROPHE, _RAISED_COMMA = np.uint32(0x27), np.uint32(0x2019)
_ROUND, _ROUND_END, _SQUARE_END = 0x28, 0x29, 0x5D
_A, _Z, _TO_SMALL = 0x41, 0x5A, 0x20
_PARTS = characters("/,")
_OPENING = characters("([")
_AROUND = characters(" :.,/*_()[]")


class Page(NamedTuple):
    """What the loops over words of headings are given.

    Attributes:
        codes: of the texts.
        kinds: of these.
        words: what is known.
        conjunction: what "&" stands for.
        folded: room for a folded heading.
    """

    codes: Codes
    kinds: Kinds
    words: WordTable
    conjunction: Codes
    folded: Codes


@inlined
def new_page(codes: Codes, kinds: Kinds, words: WordTable, conjunction: Codes) -> Page:
    """Return a page with room to fold a heading in."""
    room = LONGEST * (len(conjunction) + 2)  # every "&" is as many words, blanks before and behind
    return Page(codes, kinds, words, conjunction, np.empty(room, np.uint32))


@inlined
def is_capitalised(page: Page, start: int, end: int) -> bool:
    """Tell whether every word but small ones begins with a capital ("Reason for Visit")."""
    words = 0
    at = start
    while at < end:
        if page.kinds[at] & BLANK:
            at += 1
            continue
        word = at
        while at < end and not page.kinds[at] & BLANK:
            at += 1
        if not page.kinds[word] & CAPITAL and not is_word(page, word, at, SMALL_WORD):
            return False
        words += 1
    return words > 0


@inlined
def is_word(page: Page, start: int, end: int, use: int) -> bool:
    """Tell whether a stretch, as it is written, is in the table for a use."""
    return is_used(page.words, hash_of(page.codes, start, end), use)


@inlined
def has_word(page: Page, start: int, end: int, use: int) -> bool:
    """Tell whether a word of a stretch, in small letters, is in the table for a use."""
    hash_ = SEED
    for at in range(start, end):
        if page.kinds[at] & ALPHANUMERIC:
            hash_ = mixed(hash_, _small(page.codes[at]))
        else:
            if is_used(page.words, hash_, use):
                return True
            hash_ = SEED
    return is_used(page.words, hash_, use)


@inlined
def _small(code: np.uint32) -> np.uint32:
    return np.uint32(code + _TO_SMALL) if _A <= code <= _Z else code


@inlined
def look_up(page: Page, start: int, end: int) -> np.int64:
    """Return the number of the heading that the folded words from start to end are."""
    return number_of(page.words, hash_of(page.folded, start, end), HEADING, UNLISTED)


@inlined
def begins(page: Page, start: int, end: int, use: int) -> bool:
    """Tell whether the first of the folded words, few or all of them, are known for a use."""
    hash_ = SEED
    for at in range(start, end):
        if page.folded[at] == _SPACE and is_used(page.words, hash_, use):
            return True
        hash_ = mixed(hash_, page.folded[at])
    return is_used(page.words, hash_, use)


@inlined
def ends(page: Page, start: int, end: int, use: int) -> bool:
    """Tell whether the last of the folded words, few or all of them, are known for a use."""
    for at in range(end - 1, start - 1, -1):
        first = at == start or page.folded[at - 1] == _SPACE
        if first and is_used(page.words, hash_of(page.folded, at, end), use):
            return True
    return False


@inlined
def first_part(page: Page, start: int, end: int) -> int:
    """Return where the first part of "this/that" ends, the end where it is all."""
    for at in range(start, end):
        code = page.folded[at]
        if is_among(_PARTS, code) or (code == _SPACE and _joins(page, at, end)):
            return at
    return end


@inlined
def _joins(page: Page, at: int, end: int) -> bool:
    """Tell whether the conjunction stands behind a blank, and a blank behind it."""
    last = at + 1 + len(page.conjunction)
    if last >= end or page.folded[last] != _SPACE:
        return False
    for place in range(len(page.conjunction)):
        if page.folded[at + 1 + place] != page.conjunction[place]:
            return False
    return True


@inlined
def fold(page: Page, start: int, end: int) -> tuple[int, int]:
    """Write a stretch as :func:`cdi.rules.sections.fold_heading` folds it.

    Returns:
        From where to where it stands in ``page.folded``; an end of -1 where letters beyond ASCII
        make that a matter of tables, or where it is too long.
    """
    if end - start > LONGEST:
        return 0, -1
    count, gap, at = _NONE, False, start
    while at < end:
        code = page.codes[at]
        closing = _closing(page, at, end) if is_among(_OPENING, code) else -1
        at += 1
        if closing >= 0:
            at, gap = closing + 1, True
        elif page.kinds[at - 1] & BLANK or code == _HYPHEN:
            gap = True
        elif code == _AND:
            count = _write_conjunction(page, count)
            gap = True
        elif code >= _ASCII and code != _RAISED_COMMA:
            return 0, -1
        else:
            count = _write(page, count, gap, _APOSTROPHE if code >= _ASCII else _small(code))
            gap = False
    start = behind(page.folded, _NONE, count, _AROUND)
    return start, before(page.folded, start, count, _AROUND)


@inlined
def _write(page: Page, count: int, gap: bool, code: np.uint32) -> int:
    if gap and count and not (is_among(_PARTS, code) or is_among(_PARTS, page.folded[count - 1])):
        page.folded[count] = _SPACE
        count += 1
    page.folded[count] = code
    return count + 1


@inlined
def _write_conjunction(page: Page, count: int) -> int:
    for place in range(len(page.conjunction)):
        count = _write(page, count, place == 0, page.conjunction[place])
    return count


@inlined
def _closing(page: Page, opening: int, end: int) -> int:
    """Return where a bracket closes, -1 if another opens before or it never does."""
    opener = page.codes[opening]
    closer = _ROUND_END if opener == _ROUND else _SQUARE_END
    for at in range(opening + 1, end):
        if page.codes[at] == opener:
            return -1
        if page.codes[at] == closer:
            return at
    return -1
