"""Where the sentences and items of notes begin and end."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cdi.nlp.loops.arrays import filled_numbers, new_rows
from cdi.nlp.loops.compiler import compiled, inlined
from cdi.nlp.loops.digits import Digits
from cdi.nlp.loops.inline_items import (
    last_second,
    may_be_item,
    next_bullet,
    number_before,
    number_mark,
    number_start,
    scan_line,
)
from cdi.nlp.loops.items import begins_item, introducing
from cdi.nlp.loops.kinds import BLANK, SMALL, Codes, Kinds, code_points
from cdi.nlp.loops.leads import before_blanks, behind_blanks
from cdi.nlp.loops.lines import (
    NOTHING,
    NUMBER,
    PLAIN,
    Line,
    line_of,
    read_line,
    wrap_width,
)
from cdi.nlp.loops.signs import COLON, COMMA, ROUND, SPACE, STOP, code_at, is_one_of, is_stop
from cdi.nlp.loops.stops import behind_stop, is_end, may_end_with
from cdi.nlp.loops.word_lists import ANSWER, UNFINISHED, lists_of
from cdi.nlp.loops.words import WordTable

Offsets = npt.NDArray[np.int64]

_LONG_ENOUGH_TO_WRAP = 40  # code points, where the note shows no width
_BEFORE_AN_ANSWER = code_points(":-\u2013")

# Bits of places.
_BEGINS = 1
_NUMBERED = 2  # a full stop before it is of a heading or the number of a list
_ITEM = 4  # as often as an item begins there


class Page(NamedTuple):
    """Joined texts, what is found at each place in them, and what is known of words and digits."""

    codes: Codes
    kinds: Kinds
    places: Kinds
    words: WordTable
    digits: Digits


@compiled
def split_texts(
    codes: Codes,
    kinds: Kinds,
    bounds: Offsets,
    sections: Offsets,
    words: WordTable,
    digits: Digits,
) -> tuple[Offsets, Offsets]:
    """Return start, end and item of all sentences, and how many each text has.

    Args:
        codes: code points of joined texts (:class:`cdi.nlp.joined.JoinedTexts`).
        kinds: of each.
        bounds: where each text begins, and one behind the last would.
        sections: for each text how many it has, then heading, start and end of each in it.
        words: the lists of words.
        digits: beyond ASCII.
    """
    page = Page(codes, kinds, np.zeros(len(codes) + 1, dtype=np.uint8), words, digits)
    at = 0
    for text in range(len(bounds) - 1):
        start, end = bounds[text], bounds[text + 1] - 1
        width = wrap_width(codes, start, end)
        count = sections[at]
        at += 1
        if not count:
            _read_section(page, start, start, end, width)
        for _ in range(count):
            heading, body = start + sections[at], start + sections[at + 1]
            _read_section(page, heading, body, start + sections[at + 2], width)
            at += 3
        _mark_stops(page, start, end)
    return _cut(page, bounds)


@inlined
def _read_section(page: Page, heading: int, start: int, end: int, width: int) -> None:
    """Mark where the sentences and items of one section begin.

    Args:
        page: the texts.
        heading: where the heading begins.
        start: where the body begins.
        end: where it ends.
        width: at which the text is hard-wrapped.
    """
    codes, kinds, places = page.codes, page.kinds, page.places
    places[heading] |= _BEGINS
    places[start] |= _BEGINS
    if heading < start:
        places[heading] += _ITEM
        for at in range(heading, start):
            places[at + 1] |= _NUMBERED
    owner = last = line_of(NOTHING)
    expected = last.mark + 1
    # The line before is the stretch from `before` to `before_end`, empty if it is blank.
    before = before_end = at = start
    while at < end:
        behind, has_inline = scan_line(codes, kinds, at, end)
        words = behind_blanks(kinds, at, behind)
        words_end = before_blanks(kinds, words, behind)
        if words < words_end:
            line = read_line(codes, kinds, at, behind, page.digits)
            if not _is_wrapped(page, before, before_end, words, words_end, line, expected, width):
                if heading < start and at == start and line.style != NUMBER:
                    owner = last = introducing(line)
                else:
                    after_blank = before == before_end and at > start
                    if begins_item(owner, last, line, after_blank):
                        owner = line
                        places[at] += _ITEM
                    last = line
                places[at] |= _BEGINS
                places[line.lead] |= _NUMBERED
                if line.style == NUMBER:
                    expected = line.mark + 1
            if has_inline:
                following = _mark_inline_numbers(page, at, line.lead, behind, expected)
                numbered = following >= 0
                if numbered:
                    expected = following
                if _mark_inline_bullets(page, line.lead, behind) or numbered:
                    owner = last = line_of(NUMBER)
        before, before_end = words, words_end
        at = behind + 1


@inlined
def _is_wrapped(
    page: Page,
    before: int,
    before_end: int,
    words: int,
    words_end: int,
    line: Line,
    expected: int,
    width: int,
) -> bool:
    """Tell whether a line goes on with the sentence of the line before.

    Args:
        page: the texts.
        before: where the line before begins, but for white space.
        before_end: where it ends, likewise.
        words: where the line begins, likewise.
        words_end: where it ends, likewise.
        line: how it begins and ends.
        expected: the number of the next item.
        width: at which the text is hard-wrapped, 0 if it is not.
    """
    if before == before_end or line.style not in (PLAIN, NUMBER):
        return False
    codes, kinds = page.codes, page.kinds
    sign = codes[before_end - 1]
    if sign == COLON or (line.style == NUMBER and sign == STOP):
        return False
    goes_on = sign == COMMA or _is_unfinished(codes, before, before_end, page.words)
    if not goes_on and width:
        goes_on = before_end - before + 1 + _first_word(kinds, words, words_end) > width
    if line.style == NUMBER:
        return goes_on and line.mark not in (1, expected)
    if goes_on:
        return True
    if sign == STOP and not may_end_with(codes, kinds, before, before_end, page.words):
        return True
    return kinds[words] & SMALL != 0 and before_end - before >= _LONG_ENOUGH_TO_WRAP


@inlined
def _is_unfinished(codes: Codes, start: int, end: int, words: WordTable) -> bool:
    """Tell whether the sentence goes on behind the last word of a line.

    "Melena: no" is an answer; the next line of the form is no part of it.
    """
    word = end
    while word > start and codes[word - 1] != SPACE:
        word -= 1
    lists = lists_of(codes, word, end, words)
    if not lists & UNFINISHED:
        return False
    answers = lists & ANSWER and word - 2 >= start and is_one_of(codes[word - 2], _BEFORE_AN_ANSWER)
    return not answers


@inlined
def _first_word(kinds: Kinds, start: int, end: int) -> int:
    """Return the length of the first word of a line."""
    at = start
    while at < end and not kinds[at] & BLANK:
        at += 1
    return at - start


@inlined
def _mark_inline_numbers(page: Page, line: int, lead: int, end: int, expected: int) -> int:
    """Mark the numbered items within a line; return the number expected next, -1 if none is found.

    Args:
        page: the texts.
        line: where the line begins.
        lead: where it goes on behind its own number or bullet.
        end: where it ends.
        expected: the number of the next item.
    """
    codes, kinds, places = page.codes, page.kinds, page.places
    mark = number_mark(codes, kinds, lead, end)
    if mark < 0:
        return -1
    following = -1
    second = last_second(codes, kinds, lead, end)
    while mark >= 0:
        number = number_before(codes, kinds, mark, lead)
        start = number_start(kinds, mark, lead)
        known = start < second if number == 1 else number == expected
        if start > line and codes[start - 1] == ROUND:
            start -= 1
        if known and may_be_item(codes, kinds, line, start, page.words):
            _mark_inline(places, start, mark + 1)
            expected = following = number + 1
        mark = number_mark(codes, kinds, mark, end)
    return following


@inlined
def _mark_inline_bullets(page: Page, lead: int, end: int) -> bool:
    """Mark the items with bullets within a line; tell whether there are any."""
    codes, kinds, places = page.codes, page.kinds, page.places
    found = False
    bullet = next_bullet(codes, kinds, lead, end)
    while bullet >= 0:
        _mark_inline(places, bullet, bullet + 1)
        found = True
        bullet = next_bullet(codes, kinds, bullet + 1, end)
    return found


@inlined
def _mark_inline(places: Kinds, start: int, end: int) -> None:
    places[start] |= _BEGINS
    places[start] += _ITEM
    places[end] |= _NUMBERED


@inlined
def _mark_stops(page: Page, start: int, end: int) -> None:
    """Mark where sentences begin behind full stops."""
    codes, kinds, places = page.codes, page.kinds, page.places
    at = start
    while at < end:
        if not is_stop(codes[at]):
            at += 1
            continue
        if not places[at + 1] & _NUMBERED:
            behind = behind_stop(codes, kinds, at, end)
            if behind >= 0 and is_end(
                codes, kinds, start, at, behind, end, page.words, page.digits
            ):
                places[behind] |= _BEGINS
        while is_stop(code_at(codes, at, end)):  # "?!" is one
            at += 1


@inlined
def _cut(page: Page, bounds: Offsets) -> tuple[Offsets, Offsets]:
    """Return start, end and item of the sentences between the marks, and how many each text has."""
    kinds, places = page.kinds, page.places
    most = 0
    for place in places:
        most += place & _BEGINS
    found = new_rows(3, most)
    counts = filled_numbers(len(bounds) - 1, 0)
    count = 0
    for text in range(len(bounds) - 1):
        start, end = bounds[text], bounds[text + 1] - 1
        before, item, opened = count, -1, end
        for at in range(start, end + 1):
            if at < end and not places[at] & _BEGINS:
                continue
            first = behind_blanks(kinds, opened, at)
            if first < at:
                found[0, count] = first - start
                found[1, count] = before_blanks(kinds, first, at) - start
                found[2, count] = item
                count += 1
            opened = at
            item += places[at] // _ITEM
        counts[text] = count - before
    return found[:, :count], counts
