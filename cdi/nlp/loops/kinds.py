"""What kind of character each code point is, as bits, and its folded form."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from cdi.nlp.loops.compiler import compiled

Codes = npt.NDArray[np.uint32]
"""Code points of a text."""

Kinds = npt.NDArray[np.uint8]
"""Bits of each code point."""

BLANK = 1
"""``str.isspace``"""
LETTER = 2
"""``str.isalpha``"""
CAPITAL = 4
"""``str.isupper``"""
SMALL = 8
"""``str.islower``"""
DIGIT = 16
"""0 to 9"""
DECIMAL = 32
"""``str.isdecimal``, as ``\\d``"""
ALPHANUMERIC = 64
"""``str.isalnum``; with the underscore as ``\\w``"""
_KNOWN = 128

_TESTS = (
    (BLANK, str.isspace),
    (LETTER, str.isalpha),
    (CAPITAL, str.isupper),
    (SMALL, str.islower),
    (DIGIT, "0123456789".__contains__),
    (DECIMAL, str.isdecimal),
    (ALPHANUMERIC, str.isalnum),
)
_ALL = 0x110000


class KindTable:
    """The kinds of all code points, each worked out when it is first met."""

    def __init__(self) -> None:
        self._kinds = np.zeros(_ALL, dtype=np.uint8)
        self._learn(range(128))

    def of(self, codes: Codes) -> Kinds:
        """Return the kinds of code points."""
        kinds, known = _look_up(codes, self._kinds)
        if not known:
            self._learn(np.unique(codes[kinds < _KNOWN]).tolist())
            kinds, _ = _look_up(codes, self._kinds)
        return kinds

    def _learn(self, codes: Any) -> None:
        for code in codes:
            bits = sum(bit for bit, test in _TESTS if test(chr(code)))
            self._kinds[code] = bits | _KNOWN


@compiled
def _look_up(codes: Codes, table: Kinds) -> tuple[Kinds, bool]:
    """Return kinds, and whether all are known."""
    kinds = np.empty(len(codes), np.uint8)
    known = np.uint8(_KNOWN)
    for at in range(len(codes)):
        kinds[at] = table[codes[at]]
        known &= kinds[at]
    return kinds, known != 0


KINDS = KindTable()
"""Of this process."""


def code_points(text: str) -> Codes:
    """Return the code points of a text, lone surrogates among them."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
