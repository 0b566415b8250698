"""Items within a line: "1. CHF 2. AKI", "• CHF • AKI"."""

from __future__ import annotations

from cdi.nlp.loops.arrays import greater
from cdi.nlp.loops.compiler import inlined
from cdi.nlp.loops.kinds import ALPHANUMERIC, BLANK, DECIMAL, DIGIT, Codes, Kinds, code_points
from cdi.nlp.loops.leads import before_blanks, behind_blanks
from cdi.nlp.loops.signs import (
    COMMA,
    HYPHEN,
    LINE_FEED,
    QUOTE,
    ROUND,
    ROUND_END,
    SLASH,
    SPACE,
    STOP,
    UNDERSCORE,
    code_at,
    is_capital,
    is_one_of,
    kind_at,
)
from cdi.nlp.loops.word_lists import BEFORE_A_VALUE, lists_of
from cdi.nlp.loops.words import WordTable

_BULLETS = code_points("\u2022\u25cf\u25aa")
_MAY_PRECEDE = code_points(".;,:)?!")
_LONGEST_WORD = 16  # code points looked at before a number
_ZERO = 0x30


@inlined
def scan_line(codes: Codes, kinds: Kinds, at: int, end: int) -> tuple[int, bool]:
    """Return where a line ends, and whether it may have inline items."""
    found, before = False, 0
    while at < end:
        code = codes[at]
        if code == LINE_FEED:
            break
        if ROUND_END <= code <= STOP:
            found |= code in (STOP, ROUND_END) and before & DIGIT != 0
        elif code >= _BULLETS[0]:
            found |= is_one_of(code, _BULLETS)
        before = kinds[at]
        at += 1
    return at, found


@inlined
def number_mark(codes: Codes, kinds: Kinds, at: int, end: int) -> int:
    """Return where the mark of a number of an item is next, "." or ")"; -1 if there is none.

    A capital, a quote or a bracket follows it.
    """
    for mark in range(at + 1, end):
        if codes[mark] in (STOP, ROUND_END) and kinds[mark - 1] & DIGIT:
            behind = code_at(codes, behind_blanks(kinds, mark + 1, end), end)
            if is_capital(behind) or behind in (QUOTE, ROUND):
                return mark
    return -1


@inlined
def number_start(kinds: Kinds, mark: int, first: int) -> int:
    """Return where the number before a mark begins, of one or two digits from ``first`` on."""
    start = mark - 1
    return start - 1 if start > first and kinds[start - 1] & DIGIT else start


@inlined
def number_before(codes: Codes, kinds: Kinds, mark: int, first: int) -> int:
    """Return the number before a mark."""
    number = 0
    for at in range(number_start(kinds, mark, first), mark):
        number = number * 10 + codes[at] - _ZERO
    return number


@inlined
def last_second(codes: Codes, kinds: Kinds, at: int, end: int) -> int:
    """Return where the last number 2 begins, -1 if there is none: a 1 behind it begins no list."""
    last, first = -1, at
    mark = number_mark(codes, kinds, at, end)
    while mark >= 0:
        if number_before(codes, kinds, mark, first) == 2:
            last = number_start(kinds, mark, first)
        mark = number_mark(codes, kinds, mark, end)
    return last


@inlined
def may_be_item(codes: Codes, kinds: Kinds, line: int, start: int, words: WordTable) -> bool:
    """Tell whether a number within a line may be that of an item, by what is before it.

    Args:
        codes: code points.
        kinds: of each.
        line: where the line begins.
        start: where the number begins, or the bracket before it.
        words: the lists.
    """
    if start == line:
        return True
    first = greater(line, start - _LONGEST_WORD)
    words_end = before_blanks(kinds, first, start)
    if words_end == first or is_one_of(codes[words_end - 1], _MAY_PRECEDE):
        return not _is_joined(codes, kinds, line, start - 1)
    word = words_end
    while word > first and codes[word - 1] != SPACE:
        word -= 1
    is_value = lists_of(codes, word, words_end, words) & BEFORE_A_VALUE
    return not is_value and kinds[start - 1] & BLANK != 0


@inlined
def _is_joined(codes: Codes, kinds: Kinds, line: int, at: int) -> bool:
    """Tell whether a number is part of something longer, by the sign before it."""
    code = codes[at]
    if kinds[at] & ALPHANUMERIC or code in (UNDERSCORE, SLASH, HYPHEN):
        return True
    return code in (STOP, COMMA) and at > line and kinds[at - 1] & DECIMAL != 0


@inlined
def next_bullet(codes: Codes, kinds: Kinds, at: int, end: int) -> int:
    """Return where a bullet with white space on both sides is next, -1 if there is none."""
    for bullet in range(at, end):
        if (
            codes[bullet] >= _BULLETS[0]
            and is_one_of(codes[bullet], _BULLETS)
            and kinds[bullet - 1] & BLANK
            and kind_at(kinds, bullet + 1, end) & BLANK
        ):
            return bullet
    return -1
