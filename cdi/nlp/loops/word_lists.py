"""The lists of words that tell where sentences end, in one table.

What is in the lists is said by :mod:`cdi.nlp.stops` and :mod:`cdi.nlp.sentences`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cdi.nlp.loops.compiler import inlined
from cdi.nlp.loops.kinds import Codes
from cdi.nlp.loops.signs import is_capital
from cdi.nlp.loops.words import SEED, WordTable, mixed, number_of, word_table

NEVER_LAST = 1
"""Something always follows these."""
MAYBE_LAST = 2
"""These may stand last before a capital."""
BEFORE_AN_INITIAL = 4
"""A single letter behind one of these belongs to the next word."""
NOBODY = 8
"""Single letters that stand for a name and end a sentence."""
FIRST = 16
"""A sentence may begin with these."""
UNFINISHED = 32
"""A line that ends with one of these goes on in the next."""
ANSWER = 64
"""Behind a colon or dash these answer, and nothing goes on."""
BEFORE_A_VALUE = 128
"""A number behind one of these is its value."""

_LISTED = 1  # the only use of a word in the table; its number is the bits
_LONGEST = 16  # code points
_ASCII = 0x80
_TO_SMALL = 0x20
# The only other letter whose lower case is of ASCII.
_KELVIN, _SMALL_K = 0x212A, 0x6B


def word_lists(lists: Mapping[int, Iterable[str]]) -> WordTable:
    """Return the table of some lists; their words are of ASCII and in lower case."""
    uses: dict[str, int] = {}
    for bit, words in lists.items():
        for word in words:
            uses[word] = uses.get(word, 0) | bit
    return word_table({word: (_LISTED, bits) for word, bits in uses.items()})


@inlined
def lists_of(codes: Codes, start: int, end: int, table: WordTable) -> int:
    """Return in which lists a word is, in any case."""
    if not 0 < end - start <= _LONGEST:
        return 0
    hash_ = SEED
    for at in range(start, end):
        code = codes[at]
        if is_capital(code):
            code += _TO_SMALL
        elif code == _KELVIN:
            code = _SMALL_K
        elif code >= _ASCII:
            return 0
        hash_ = mixed(hash_, code)
    return int(number_of(table, hash_, _LISTED, 0))
