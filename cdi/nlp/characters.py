"""Kinds of characters, told for all code points of a text at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.integer[Any]]
Mask: TypeAlias = npt.NDArray[np.bool_]

_ASCII = 128


def code_points(text: str) -> Array:
    """Return the code points of a text, lone surrogates among them."""
    if text.isascii():
        return np.frombuffer(text.encode(), dtype=np.uint8)
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def lower_case(text: str) -> str:
    """Return a text in lower case with every character in its place."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


class Kind:
    """A kind of character.

    Args:
        test: tells whether a character is of it.
    """

    def __init__(self, test: Callable[[str], bool]) -> None:
        self._test = test
        self._ascii = np.array([test(chr(code)) for code in range(_ASCII)])
        self._bytes = self._ascii.tobytes().ljust(256, b"\0")

    def mask(self, codes: Array) -> Mask:
        """Tell which code points are of the kind."""
        if codes.dtype == np.uint8:  # bytes.translate is the fastest look-up there is
            return np.frombuffer(codes.tobytes().translate(self._bytes), dtype=np.bool_)
        mask: Mask = self._ascii[np.minimum(codes, _ASCII - 1)]
        for at in np.flatnonzero(codes >= _ASCII):
            mask[at] = self._test(chr(codes[at]))
        return mask


BLANK = Kind(str.isspace)
CAPITAL = Kind(str.isupper)
DIGIT = Kind("0123456789".__contains__)
LETTER = Kind(str.isalpha)
