"""Texts behind one another, to be searched in one pass.

A step over arrays costs hardly more for twenty notes than for one, and what a step needs of code
and tables is in the caches of the processor for all of them but the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Sized
from functools import cached_property
from itertools import accumulate

import numpy as np

from cdi.nlp.characters import BLANK, Array, code_points
from cdi.nlp.loops.kinds import KINDS, Codes, Kinds
from cdi.nlp.loops.kinds import code_points as wide_code_points
from cdi.nlp.loops.phrases import Numbers

APART = "\x01"  # stands in no phrase and is of no word, so that nothing is found across it


def bounds_of(lists: Iterable[Sized], between: int = 0) -> Numbers:
    """Return where each of some lists begins behind one another, and where one more would.

    Args:
        lists: the lists.
        between: what stands behind each.
    """
    ends = accumulate([len(one) + between for one in lists], initial=0)
    return np.array([*ends], dtype=np.int64)  # cumsum() takes four times as long for a few


class JoinedTexts:
    """Some texts as one.

    Attributes:
        texts: the texts.
        text: all of them.
        starts: where each begins in it.
        bounds: the same, and where one behind the last would.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self.text = APART.join(texts)
        self.bounds = bounds_of(texts, 1)
        self.starts: Numbers = self.bounds[:-1]

    @cached_property
    def codes(self) -> Array:
        """The code points of all of them, and of a mark behind the last that is no white space."""
        return code_points(self.text + APART)

    @cached_property
    def wide_codes(self) -> Codes:
        """The same, all as 32 bits, as compiled loops take them."""
        return wide_code_points(self.text + APART)

    @cached_property
    def kinds(self) -> Kinds:
        """The kind of each of these."""
        return KINDS.of(self.wide_codes)

    @cached_property
    def filled(self) -> Array:
        """Where something else than white space stands."""
        return np.flatnonzero(~BLANK.mask(self.codes))

    def stretches(self, places: Array) -> list[tuple[int, int, int]]:
        """Return for each text its start, and from which to which of ``places`` it has.

        Args:
            places: offsets in :attr:`text`, in order.
        """
        bounds = [*places.searchsorted(self.starts).tolist(), len(places)]
        return list(zip(self.starts.tolist(), bounds, bounds[1:], strict=False))

    def by_text(self, places: Array, column: Array) -> Iterator[list[int]]:
        """Yield for each text the offsets in it that stand in ``column``, those of its ``places``.

        Args:
            places: offsets in :attr:`text`, in order.
            column: other offsets in it, one for each of these.
        """
        for start, first, last in self.stretches(places):
            yield (column[first:last] - start).tolist()
