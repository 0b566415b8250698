"""What digits of all scripts are worth."""

from __future__ import annotations

import unicodedata

import numpy as np
import numpy.typing as npt

from cdi.nlp.loops.compiler import inlined
from cdi.nlp.loops.signs import is_digit

Digits = npt.NDArray[np.int64]
"""The digits beyond ASCII in order, each with what it is worth in its lowest bits."""

_BITS = 4
_ZERO = 0x30
_ASCII = 0x80
_PLANES = 0x20000  # beyond are no digits


def digits_beyond_ascii() -> Digits:
    """Return all of them, superscripts among them: ``str.isdigit``."""
    digits = filter(str.isdigit, map(chr, range(_ASCII, _PLANES)))
    return np.array([ord(digit) << _BITS | unicodedata.digit(digit) for digit in digits])


@inlined
def digit_value(code: int, digits: Digits) -> int:
    """Return what a digit is worth, -1 if the code point is none."""
    if code < _ASCII:
        return code - _ZERO if is_digit(code) else -1
    low, high = 0, len(digits)
    while low < high:
        middle = (low + high) // 2
        if digits[middle] >> _BITS < code:
            low = middle + 1
        else:
            high = middle
    if low < len(digits) and digits[low] >> _BITS == code:
        value: int = digits[low] & ((1 << _BITS) - 1)
        return value
    return -1
