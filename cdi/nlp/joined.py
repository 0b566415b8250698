"""Texts behind one another, to be searched in one pass.

A step over arrays costs hardly more for twenty notes than for one, and what a step needs of code
and tables is in the caches of the processor for all of them but the first.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cdi.nlp.phrase_table import Array

_APART = "\x01"  # stands in no phrase and is of no word, so that nothing is found across it


class JoinedTexts:
    """Some texts as one.

    Attributes:
        text: all of them.
        starts: where each begins in it.
    """

    __slots__ = ("starts", "text")

    def __init__(self, texts: Sequence[str]) -> None:
        self.text = _APART.join(texts)
        lengths = np.array([len(text) + 1 for text in texts], dtype=np.int64)
        self.starts: Array = np.cumsum(lengths) - lengths

    def stretches(self, places: Array) -> list[tuple[int, int, int]]:
        """Return for each text its start, and from which to which of ``places`` it has.

        Args:
            places: offsets in :attr:`text`, in order.
        """
        bounds = [*places.searchsorted(self.starts).tolist(), len(places)]
        return list(zip(self.starts.tolist(), bounds, bounds[1:], strict=False))
