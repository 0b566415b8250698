"""One multi-pattern pass over the raw text for every term, cue and analyte.

Tokenising a whole note costs more than everything else together, and three sentences in four hold
nothing of interest, so the gate works on characters: it folds the text (case, hyphens, runs of
white space), runs one Aho-Corasick automaton over it and gives hits in offsets of the original
text. All overlapping hits are found before word boundaries are checked; the longest-first
automata of other tools lose true hits behind longer ones that end inside a word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

_RUNS = re.compile(r"  +")
_Array: TypeAlias = npt.NDArray[np.integer[Any]]


class Hit(NamedTuple):
    """A pattern, by its place in the list, at ``start`` to ``end`` (exclusive) of the text."""

    pattern: int
    start: int
    end: int


_new = tuple.__new__  # what the class would call; hits are made by the hundred for each note


class FoldedText:
    """A text with case, hyphens, apostrophes and white-space runs folded for matching.

    ``text`` is what is searched; :meth:`original` maps its offsets back. Where nothing was
    removed, the mapping is the identity and costs nothing.
    """

    __slots__ = ("_cuts", "_shifts", "text")

    def __init__(self, original: str) -> None:
        text = fold_characters(original)
        self._cuts: list[int] = []
        self._shifts: list[int] = []
        if "  " in text:
            text = self._collapse(text)
        self.text = text

    def _collapse(self, text: str) -> str:
        removed = 0
        for run in _RUNS.finditer(text):
            removed += run.end() - run.start() - 1
            self._cuts.append(run.end() - removed)
            self._shifts.append(removed)
        return _RUNS.sub(" ", text)

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return a stretch of ``text`` as offsets of the original text, end exclusive."""
        starts, ends = self.originals(np.array([start]), np.array([end]))
        return int(starts[0]), int(ends[0])

    def originals(self, starts: _Array, ends: _Array) -> tuple[_Array, _Array]:
        """Return stretches of ``text`` as offsets of the original text, ends exclusive."""
        if not self._cuts:
            return starts, ends
        cuts, shifts = np.array(self._cuts), np.array([0, *self._shifts])
        first = np.searchsorted(cuts, starts, "right")
        last = np.searchsorted(cuts, ends - 1, "right")
        return starts + shifts[first], ends + shifts[last]


def fold_characters(text: str) -> str:
    """Fold one code point to one code point, so that offsets stay."""
    lower = text.lower()
    if len(lower) != len(text):  # a few capitals ("İ") grow when lowered
        lower = "".join(c if len(c.lower()) != 1 else c.lower() for c in text)
    if not lower.isascii():
        lower = lower.translate(_FOLDS)
    return lower.replace("\n", " ").replace("-", " ").replace("\t", " ").replace("\r", " ")


# Lone surrogates cannot be encoded; what looks like a blank, hyphen or apostrophe is one.
_FOLDS: dict[int, str] = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
_FOLDS |= {ord(c): " " for c in "\u00a0\u2010\u2011\u2012\u2013\u2014\u2028\u2029\u202f\u3000"}
_FOLDS |= {ord(c): "'" for c in "\u2018\u2019\u02bc"}


@lru_cache(maxsize=1 << 17)
def fold_pattern(pattern: str) -> str:
    """Return a pattern as it must be given to the automaton."""
    return _RUNS.sub(" ", fold_characters(pattern)).strip()


class Gate:
    """An automaton over the patterns of one or several readers.

    What it finds, some hundred matches in a note and most of them inside words, is sifted as
    arrays: a loop over them would take longer than finding them.

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
        self._parts = len(parts)
        texts = list(by_text) or ["\x00"]
        # A boundary is only asked for where the pattern itself begins or ends with a word
        # character: ">= 3" and "(+)" stand against anything.
        self._opens = np.array([text[0].isalnum() for text in texts])
        self._closes = np.array([text[-1].isalnum() for text in texts])
        owners = list(by_text.values())
        self._plural = np.full(len(texts), -1)  # pattern -> its number if an -s follows
        for number, text in enumerate(by_text if plurals else ()):
            first = [owner for owner in owners[number] if owner[0] == 0]
            if first and _takes_plural(text):
                self._plural[number] = len(owners)
                owners.append(first)
        self._owners = _Owners(owners)
        self._automaton = AhoCorasick(
            texts,
            matchkind=MatchKind.Standard,
            implementation=Implementation.ContiguousNFA,
            store_patterns=False,
        )

    def find(self, text: str) -> list[Hit]:
        """Return the hits of the first part; see :meth:`deal`."""
        return self.deal(text)[0]

    def deal(self, text: str) -> list[list[Hit]]:
        """Return for each part the hits on word boundaries, by start, longest first."""
        folded = FoldedText(text)
        found = self._automaton.find_matches_as_indexes(folded.text, overlapping=True)
        if not found:
            return [[] for _ in range(max(self._parts, 1))]
        numbers, starts, ends = self._on_boundaries(folded.text, _table(found))
        rows, parts, indexes = self._owners.of(numbers)
        order = np.lexsort((indexes, -ends[rows], starts[rows]))
        rows, parts, indexes = rows[order], parts[order], indexes[order]
        starts, ends = folded.originals(starts[rows], ends[rows])
        dealt = []
        for part in range(max(self._parts, 1)):
            its = np.flatnonzero(parts == part)
            columns = (indexes[its].tolist(), starts[its].tolist(), ends[its].tolist())
            dealt.append([_new(Hit, row) for row in zip(*columns, strict=True)])
        return dealt

    def _on_boundaries(self, text: str, found: _Array) -> tuple[_Array, _Array, _Array]:
        """Return number, start and end of the matches that are no parts of words."""
        numbers, starts, ends = found
        codes, in_word = _characters(text)
        stands = ~(in_word[starts - 1] & self._opens[numbers])
        goes_on = in_word[ends] & self._closes[numbers]
        plural = stands & goes_on & (codes[ends] == _S) & ~in_word[ends + 1]
        plural &= self._plural[numbers] >= 0
        numbers = np.where(plural, self._plural[numbers], numbers)
        kept = np.flatnonzero(stands & (~goes_on | plural))
        return numbers[kept], starts[kept], (ends + plural)[kept]


class _Owners:
    """Whose each pattern is: (part, place in the part), for several patterns at once."""

    def __init__(self, owners: Sequence[Sequence[tuple[int, int]]]) -> None:
        self._counts = np.array([len(of_one) for of_one in owners], dtype=np.int64)
        self._first = np.cumsum(self._counts) - self._counts
        flat = [owner for of_one in owners for owner in of_one]
        self._parts = np.array([part for part, _ in flat], dtype=np.int64)
        self._indexes = np.array([index for _, index in flat], dtype=np.int64)

    def of(self, numbers: _Array) -> tuple[_Array, _Array, _Array]:
        """Return row of ``numbers``, part and place of every owner of every number."""
        counts = self._counts[numbers]
        rows = np.repeat(np.arange(len(numbers)), counts)
        before = np.cumsum(counts) - counts
        at = np.arange(len(rows)) + (self._first[numbers] - before)[rows]
        return rows, self._parts[at], self._indexes[at]


_S = ord("s")
_ASCII = 128
_IN_WORD = np.array([chr(code).isalnum() for code in range(_ASCII)])


def _table(found: Sequence[tuple[int, int, int]]) -> _Array:
    """Return the matches as three rows; made from tuples it would take twice as long."""
    flat = np.fromiter(chain.from_iterable(found), np.int64, 3 * len(found))
    return flat.reshape(-1, 3).T


def _characters(text: str) -> tuple[_Array, npt.NDArray[np.bool_]]:
    """Return the code points of a text and which are of words; two blanks stand behind it.

    As item -1 the blank stands before the first character, too.
    """
    padded = text + "  "
    if padded.isascii():
        codes = np.frombuffer(padded.encode(), dtype=np.uint8)
        return codes, _IN_WORD[codes]
    codes = np.frombuffer(padded.encode("utf-32-le"), dtype=np.uint32)
    in_word = _IN_WORD[np.minimum(codes, _ASCII - 1)]
    for at in np.flatnonzero(codes >= _ASCII):
        in_word[at] = padded[at].isalnum()
    return codes, in_word


def _takes_plural(text: str) -> bool:
    """Short words would become other words."""
    return len(text) > 2 and text[-1].isalpha() and text[-1] != "s"
