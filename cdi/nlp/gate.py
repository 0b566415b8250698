"""The gate: one pass over the raw text for every term, cue and analyte.

Tokenising a whole note costs more than everything else together, and three sentences in four hold
nothing of interest, so the gate works on characters: it folds the text (case, hyphens, runs of
white space), looks for all phrases at once (:mod:`cdi.nlp.loops.phrases`) and gives hits in offsets
of the original text. All overlapping hits are given; what hides what is for the readers to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from cdi.nlp.folding import FOLDS, fold_pattern
from cdi.nlp.joined import JoinedTexts, bounds_of
from cdi.nlp.loops.arrays import Numbers
from cdi.nlp.loops.kinds import code_points
from cdi.nlp.loops.phrases import (
    MARK,
    PART,
    PATTERN,
    Slots,
    Table,
    enter_phrases,
    find_phrases,
    hash_phrases,
)


class HitColumns(NamedTuple):
    """Hits in columns, by start, longest first, and pattern.

    Attributes:
        columns: pattern, by its place in the list, start and end of each, in three rows.
    """

    columns: Numbers

    def rows(self) -> Iterator[tuple[int, int, int]]:
        """Yield pattern, start and end of each hit."""
        return zip(*self.columns.tolist(), strict=True)


class JoinedHits(NamedTuple):
    """Hits in joined texts, by text; offsets are of the text.

    Attributes:
        columns: pattern, start and end of each, in three rows; of other parts, too.
        bounds: from where on the hits of each text stand in it, and where those of the last end.
    """

    columns: Numbers
    bounds: Numbers

    def by_text(self) -> list[HitColumns]:
        """Return the hits of each text."""
        columns = self.columns
        return [HitColumns(columns[:, a:b]) for a, b in pairwise(self.bounds.tolist())]


class Gate:
    """The phrases of one or several readers, looked for at once.

    Args:
        parts: for each reader its phrases in any case; the ``pattern`` of a hit is its place in
            its part. Phrases that fold to the same characters are each reported.
        plurals: the phrases of the first part are also found with a plural -s behind them.
    """

    def __init__(self, *parts: Sequence[str], plurals: bool = False) -> None:
        by_text: dict[str, list[tuple[int, int]]] = {}
        for part, patterns in enumerate(parts):
            for index, pattern in enumerate(patterns):
                folded = fold_pattern(pattern)
                if not folded:
                    raise ValueError(f"pattern {index} is empty")
                by_text.setdefault(folded, []).append((part, index))
        for text in [*by_text] if plurals else ():
            singular = [owner for owner in by_text[text] if owner[0] == 0]
            if singular and _takes_plural(text):
                by_text.setdefault(text + "s", []).extend(singular)
        self._parts = len(parts)
        self._table = _table(by_text)

    def deal(self, texts: JoinedTexts) -> list[JoinedHits]:
        """Return for each part its hits on word boundaries."""
        found, hits, bounds = self._find(texts)
        if not found:
            FOLDS.learn(texts.codes)
            _, hits, bounds = self._find(texts)
        return [JoinedHits(hits, of_part) for of_part in bounds]

    def _find(self, texts: JoinedTexts) -> tuple[bool, Numbers, Numbers]:
        return find_phrases(texts.codes, texts.bounds, FOLDS.entries, self._table, self._parts)


def _table(owners: Mapping[str, Sequence[tuple[int, int]]]) -> Table:
    """Return a table of phrases, each owned by patterns of parts."""
    codes = code_points("".join(owners))
    FOLDS.learn(codes)
    values, firsts = hash_phrases(codes, bounds_of(owners), FOLDS.entries)
    is_first = np.zeros(len(values), dtype=np.bool_)
    is_first[firsts[:-1]] = True
    first_bits, other_bits = (_bits(values[of]) for of in (is_first, ~is_first))
    mark_bits = other_bits + 1
    flat = [
        pattern << PATTERN | part << PART | (number == len(of_one))
        for of_one in owners.values()
        for number, (part, pattern) in enumerate(sorted(of_one), 1)
    ]
    table = Table(
        firsts=np.zeros(1 << first_bits, dtype=np.uint64),
        others=np.zeros(1 << other_bits, dtype=np.uint64),
        marks=np.zeros(1 << mark_bits - MARK, dtype=np.uint64),
        owners=np.array(flat, dtype=np.int32),
        first_bits=first_bits,
        other_bits=other_bits,
        mark_bits=mark_bits,
        value_bits=len(flat).bit_length() + 1,
        longest=int(np.diff(firsts).max(initial=0)),
    )
    if not enter_phrases(values, firsts, bounds_of(owners.values())[:-1], table):
        raise ValueError("two phrases have the same hash")
    return table


def _bits(values: Slots) -> int:
    """Return how many bits tell places apart of which between a quarter and half are taken."""
    return max(len(np.unique(values)).bit_length() + 1, MARK)


def _takes_plural(text: str) -> bool:
    """Short words would become other words."""
    return len(text) > 2 and text[-1].isalpha() and text[-1] != "s"
