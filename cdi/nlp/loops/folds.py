"""What each code point is folded to, and which of these are of words."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from cdi.nlp.loops.kinds import Codes

Folds = npt.NDArray[np.uint32]
"""Of each code point what it is folded to, with bits; 0 where that is not known yet."""

CODE = 0x1FFFFF
"""Bits of the folded code point."""
WORD = 1 << 21
"""It is a letter or digit."""
BLANK = 1 << 22
"""It is a blank, and any number of them are as good as one."""
SPACE = 1 << 23
"""It is white space of any kind."""
_KNOWN = 1 << 24

_ALL = 0x110000


class FoldTable:
    """What code points are folded to, each worked out when it is first met.

    Args:
        fold: tells what a code point is folded to.

    Attributes:
        entries: of all code points.
    """

    def __init__(self, fold: Callable[[int], str]) -> None:
        self._fold = fold
        self.entries: Folds = np.zeros(_ALL, dtype=np.uint32)
        self.learn(np.arange(128, dtype=np.uint32))

    def learn(self, codes: Codes) -> None:
        """Work out all that are not known."""
        for code in np.unique(codes[self.entries[codes] == 0]).tolist():
            folded = self._fold(code)
            bits = (folded.isalnum() and WORD) | (folded == " " and BLANK)
            self.entries[code] = ord(folded) | bits | (folded.isspace() and SPACE) | _KNOWN
