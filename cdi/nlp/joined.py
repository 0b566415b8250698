"""Texts behind one another, to be searched in one pass.

A step over arrays costs hardly more for twenty notes than for one, and what a step needs of code
and tables is in the caches of the processor for all of them but the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Sized
from functools import cached_property
from itertools import accumulate

import numpy as np

from cdi.nlp.loops.arrays import Numbers
from cdi.nlp.loops.kinds import KINDS, Codes, Kinds, code_points

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
    def codes(self) -> Codes:
        """The code points of all of them, and of a mark behind the last that is no white space."""
        return code_points(self.text + APART)

    @cached_property
    def kinds(self) -> Kinds:
        """The kind of each of these."""
        return KINDS.of(self.codes)
