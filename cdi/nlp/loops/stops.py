"""Which full stops end a sentence; :mod:`cdi.nlp.stops` has the words they are told by."""

from __future__ import annotations

from cdi.nlp.loops.arrays import greater
from cdi.nlp.loops.compiler import inlined
from cdi.nlp.loops.digits import Digits, digit_value
from cdi.nlp.loops.kinds import (
    ALPHANUMERIC,
    BLANK,
    CAPITAL,
    LETTER,
    SMALL,
    Codes,
    Kinds,
    code_points,
)
from cdi.nlp.loops.leads import behind_blanks
from cdi.nlp.loops.signs import (
    COMMA,
    EXCLAMATION,
    QUESTION,
    STOP,
    UNDERSCORE,
    all_kinds,
    any_kinds,
    code_at,
    is_capital,
    is_digit,
    is_one_of,
    is_small,
    is_stop,
    kind_at,
)
from cdi.nlp.loops.word_lists import (
    BEFORE_AN_INITIAL,
    FIRST,
    MAYBE_LAST,
    NEVER_LAST,
    NOBODY,
    lists_of,
)
from cdi.nlp.loops.words import WordTable

_CLOSERS = code_points(")]\"'\u201d\u2019*")
_OPENERS = code_points("(\"'[\u201c\u2018")
# U+0130 is an "i" with a dot in lower case.
_VOWELS = code_points("aeiouyAEIOUY\u0130")
_LONGEST_WORD = 16
_SHORT = 2  # code points of words that may be abbreviations


@inlined
def behind_stop(codes: Codes, kinds: Kinds, stop: int, end: int) -> int:
    """Return where a sentence may begin behind a stop, -1 if none may.

    Behind the stop and what closes with it stands white space, a comma in place of it, or
    nothing at all ("stable.Patient").
    """
    at = stop
    while is_stop(code_at(codes, at, end)):
        at += 1
    while is_one_of(code_at(codes, at, end), _CLOSERS):
        at += 1
    if kind_at(kinds, at, end) & BLANK:
        return behind_blanks(kinds, at, end)
    code, behind = code_at(codes, at, end), code_at(codes, at + 1, end)
    if code == COMMA and (is_capital(behind) or is_digit(behind)):
        return at + 1
    return at if is_capital(code) and is_small(behind) else -1


@inlined
def is_end(
    codes: Codes,
    kinds: Kinds,
    start: int,
    stop: int,
    behind: int,
    end: int,
    words: WordTable,
    digits: Digits,
) -> bool:
    """Tell whether a sentence ends with a stop.

    Args:
        codes: code points.
        kinds: of each.
        start: of the text.
        stop: the first of the full stops, question and exclamation marks.
        behind: what :func:`behind_stop` returned.
        end: of the text.
        words: the lists.
        digits: beyond ASCII.
    """
    mark, follows = codes[stop], kind_at(kinds, behind, end)
    if mark == QUESTION:  # "?pneumonia"
        return stop > start and not (kinds[stop - 1] & BLANK or follows & SMALL)
    if mark == EXCLAMATION:
        return not follows & SMALL
    if code_at(codes, stop + 1, end) == STOP:
        return follows & CAPITAL != 0
    word = word_before(codes, kinds, start, stop)
    lists = lists_of(codes, word, stop, words)
    if lists & NEVER_LAST:
        return False
    if not kinds[behind - 1] & BLANK and codes[behind - 1] != COMMA:  # "stable.Patient"
        return stop - word > _SHORT and not lists & MAYBE_LAST and _is_small(kinds, word, stop)
    if stop - word == 1 and kinds[word] & LETTER:
        return follows & CAPITAL != 0 and _is_letter_last(
            codes, kinds, start, word, behind, end, words, digits
        )
    if lists & MAYBE_LAST or _is_abbreviation(codes, word, stop, digits):
        return follows & CAPITAL != 0
    if not follows & SMALL:
        return True
    return stop - word > _SHORT and _is_pronounced(codes, kinds, word, stop)


@inlined
def may_end_with(codes: Codes, kinds: Kinds, start: int, end: int, words: WordTable) -> bool:
    """Tell whether a sentence may end with the full stop at the end of a line."""
    word = word_before(codes, kinds, start, end - 1)
    return not lists_of(codes, word, end - 1, words) & NEVER_LAST


@inlined
def word_before(codes: Codes, kinds: Kinds, start: int, end: int) -> int:
    """Return where the word begins that ends at an offset; there if white space is before it."""
    first = greater(start, end - _LONGEST_WORD)
    at = end
    while at > first and not kinds[at - 1] & BLANK:
        at -= 1
    while at < end and is_one_of(codes[at], _OPENERS):
        at += 1
    return at


@inlined
def _is_letter_last(
    codes: Codes,
    kinds: Kinds,
    start: int,
    letter: int,
    behind: int,
    end: int,
    words: WordTable,
    digits: Digits,
) -> bool:
    """Tell "hepatitis C. She" and "Dr. A. The patient" from "J. Smith" and "E. Coli"."""
    if kinds[letter] & SMALL or lists_of(codes, letter, letter + 1, words) & NOBODY:
        return True
    first = greater(start, letter + 1 - _LONGEST_WORD)
    word_end = letter
    while word_end > first and kinds[word_end - 1] & BLANK:
        word_end -= 1
    word = word_end
    while word > first and not kinds[word - 1] & BLANK:
        word -= 1
    if word == word_end:
        return False
    if digit_value(codes[word_end - 1], digits) >= 0:  # "up 2 L. Creatinine"
        return True
    if _is_small(kinds, word, word_end) and any_kinds(kinds, word, word_end) & SMALL:
        return not lists_of(codes, word, word_end, words) & BEFORE_AN_INITIAL
    word_end = behind
    while kind_at(kinds, word_end, end) & ALPHANUMERIC or (
        code_at(codes, word_end, end) == UNDERSCORE
    ):
        word_end += 1
    return lists_of(codes, behind, word_end, words) & FIRST != 0


@inlined
def _is_small(kinds: Kinds, start: int, end: int) -> bool:
    """Tell whether a word is of letters without a capital."""
    has_capital = any_kinds(kinds, start, end) & CAPITAL
    return all_kinds(kinds, start, end) & LETTER != 0 and not has_capital


@inlined
def _is_abbreviation(codes: Codes, start: int, end: int, digits: Digits) -> bool:
    """Tell words with a stop in them ("p.o", "b.i.d") from numbers."""
    for at in range(start, end):
        if codes[at] == STOP:
            return digit_value(codes[start], digits) < 0
    return False


@inlined
def _is_pronounced(codes: Codes, kinds: Kinds, start: int, end: int) -> bool:
    """Tell whether a word is of letters, a vowel among them."""
    vowels = 0
    for at in range(start, end):
        vowels += is_one_of(codes[at], _VOWELS)
    return vowels > 0 and all_kinds(kinds, start, end) & LETTER != 0
