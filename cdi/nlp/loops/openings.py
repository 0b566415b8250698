"""Which of the words that stand like a heading may open a section.

Left out is what opens none, whatever came before.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cdi.nlp.loops.compiler import compiled, inlined
from cdi.nlp.loops.headings import BARE, CAPITALS, DASHED, DEEP, INLINE, LISTED, WHOLE, Rows
from cdi.nlp.loops.kinds import SMALL, Codes, Kinds
from cdi.nlp.loops.labels import (
    BEGINS,
    ENDS,
    IN_A_PARAGRAPH,
    RECORD,
    TITLE,
    UNCERTAIN,
    UNLISTED,
    Page,
    begins,
    ends,
    first_part,
    fold,
    has_word,
    is_capitalised,
    is_word,
    look_up,
    new_page,
)
from cdi.nlp.loops.leads import LONGEST, before, behind, behind_stop, characters, find, in_capitals
from cdi.nlp.loops.words import WordTable

SHORT = 4
"""Code points of "CHF:", "WBC:": problems and analytes, not unlisted headings."""

_SPACE, _STOP = np.uint32(0x20), 0x2E
_AROUND_TITLES = characters(" \t#*_:")
_IN_UNLISTED = characters("ABCDEFGHIJKLMNOPQRSTUVWXYZ /&,'()-")


@compiled
def keep_openings(
    codes: Codes,
    kinds: Kinds,
    rows: Rows,
    texts: npt.NDArray[np.int64],
    words: WordTable,
    conjunction: Codes,
) -> Rows:
    """Return the candidates that may open a section.

    Args:
        codes: of the texts.
        kinds: of these.
        rows: as :func:`cdi.nlp.loops.headings.find_words` found them. They are written over:
            what is kept has offsets from the start of its text, and the number of the heading in
            its last column.
        texts: the same. What is written there are the offsets of the first line, both -1 if it is
            no title, and behind which of the kept candidates its own end.
        words: the headings.
        conjunction: what "&" stands for.
    """
    page = new_page(codes, kinds, words, conjunction)
    kept = place = 0
    for text in range(len(texts)):
        base, last = texts[text, 0], texts[text, 3]
        if _may_be_title(page, texts[text, 1], texts[text, 2]):
            texts[text, 1] -= base
            texts[text, 2] -= base
        else:
            texts[text, 1] = texts[text, 2] = -1
        while place < last:
            if _keeps(page, rows[place], rows[kept], base):
                kept += 1
            place += 1
        texts[text, 3] = kept
    return rows[:kept]


@inlined
def _may_be_title(page: Page, start: int, end: int) -> bool:
    """Tell whether a line begins or ends with the words of a title."""
    start = behind(page.codes, start, end, _AROUND_TITLES)
    end = before(page.codes, start, end, _AROUND_TITLES)
    if start == end or end - start > LONGEST or page.codes[end - 1] == _STOP:
        return False
    if not is_capitalised(page, start, end):
        return False
    first, last = fold(page, start, end)
    return last < 0 or begins(page, first, last, TITLE) or ends(page, first, last, TITLE)


@inlined
def _keeps(page: Page, row: npt.NDArray[np.int64], kept: npt.NDArray[np.int64], base: int) -> bool:
    """Tell whether a candidate is kept, and write it where it belongs then."""
    label, end, marks = row[0], row[1], row[4]
    if marks & INLINE and page.kinds[end - 1] & SMALL and not _stands_out(page, label, end):
        return False
    if in_capitals(page.codes, page.kinds, label, end):
        marks |= CAPITALS
    first, last = fold(page, label, end)
    number = look_up(page, first, last) if last >= 0 else UNCERTAIN
    if number == UNLISTED and not (
        marks & WHOLE or _may_open(page, label, end, marks, first, last)
    ):
        return False
    kept[0], kept[1], kept[2], kept[3] = label - base, end - base, row[2] - base, row[3] - base
    kept[4], kept[5] = marks & ~WHOLE, number
    return True


@inlined
def _stands_out(page: Page, label: int, end: int) -> bool:
    """Tell whether words inside a line are a heading by their capitals and their number."""
    if not is_capitalised(page, label, end):
        return False
    several = find(page.codes, label, end, _SPACE) < end
    return several or is_word(page, label, end, IN_A_PARAGRAPH)


@inlined
def _may_open(page: Page, label: int, end: int, marks: int, first: int, last: int) -> bool:
    """Tell whether an unlisted heading may open a section, by its words from first to last."""
    if marks & (INLINE | LISTED):
        return False
    if not marks & BARE and has_word(page, label, end, RECORD):
        return True
    if marks & DASHED or behind_stop(page.codes, label, end) > label:
        return False
    if marks & DEEP:
        return True
    if marks & CAPITALS:
        if end - label <= SHORT:
            return False
        if not marks & BARE and behind(page.codes, label, end, _IN_UNLISTED) == end:
            return True
    elif not (find(page.codes, label, end, _SPACE) < end and is_capitalised(page, label, end)):
        return False
    return _may_be_derived(page, first, last)


@inlined
def _may_be_derived(page: Page, first: int, last: int) -> bool:
    """Tell whether folded words begin or end with, or are in their first part, something known."""
    if begins(page, first, last, BEGINS) or ends(page, first, last, ENDS):
        return True
    return bool(look_up(page, first, first_part(page, first, last)) != UNLISTED)
