"""Finding any of a hundred thousand phrases of whole words in a text, without looping over it.

An automaton over so many phrases takes tens of megabytes, of which every character of a note
touches another place, so that it waits for memory and leaves the caches cold for all that comes
after. Here every beginning of a phrase, word by word, is a number (a polynomial hash of 64 bits),
and a text is matched word by word, for all its words at once: those that begin a phrase stay, and
are looked at with their next word, until none is left. What is touched is a table of marks, and the
places of the phrases that are really there.

Hashes of stretches of one text come from running sums (Karp and Rabin, IBM J Res Dev
1987;31:249-260). Two phrases of equal hash are told when the table is made; that other words of a
note have the hash of a phrase is less likely than a fault of the memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from cdi.nlp.characters import LETTER_OR_DIGIT, Array, Mask, code_points

_BASE = 0x9E3779B97F4A7C15  # odd, so that it has an inverse
_MIX = np.uint64(0xD6E8FEB86659FD93)
_WORD = 1 << 64
_MARKS = 21  # bits: two million marks for three hundred thousand beginnings
_SHIFT = np.uint64(64 - _MARKS)
_GOES_ON, _COMPLETE = 1, 2
_FEWEST_POWERS = 1 << 14
_MOST_KEPT_POWERS = 1 << 17  # of 16 bytes; for longer texts they are made anew
_BATCH = 1024  # phrases whose hashes are worked out together


class PhraseTable:
    """A set of phrases, each of which begins and ends with a letter or digit.

    Args:
        phrases: all different; the number of a phrase is its place.

    Raises:
        ValueError: two phrases have the same hash; another base is needed.
    """

    def __init__(self, phrases: Sequence[str]) -> None:
        firsts = range(0, max(len(phrases), 1), _BATCH)
        parts = [_beginnings(first, phrases[first : first + _BATCH]) for first in firsts]
        phrase, beginnings, complete = map(np.concatenate, zip(*parts, strict=True))
        self._marks = np.zeros(1 << _MARKS, dtype=np.uint8)
        self._marks[_mark(beginnings[~complete])] |= _GOES_ON
        self._marks[_mark(beginnings[complete])] |= _COMPLETE
        order = np.argsort(beginnings[complete])
        self._hashes, self._numbers = beginnings[complete][order], phrase[complete][order]
        if np.any(self._hashes[1:] == self._hashes[:-1]):
            raise ValueError("two phrases have the same hash")

    def find(self, codes: Array, in_word: Mask) -> tuple[Array, Array, Array]:
        """Return number, start and end (exclusive) of every phrase in a text, in no order.

        Args:
            codes: of the text; the last is of no word.
            in_word: which of them are of words.
        """
        sums, scale = _running_sums(codes)
        starts, ends = _words(in_word)
        before, until, scale = sums[starts], sums[ends], scale[starts]
        words = np.arange(len(starts))
        found: list[tuple[Array, Array, Array]] = []
        further = 0  # words behind the first
        while len(words):
            hashes = (until[words + further] - before[words]) * scale[words]
            marks = self._marks[_mark(hashes)]
            whole = np.flatnonzero(marks >= _COMPLETE)
            first = words[whole]
            found.append((hashes[whole], first, first + further))
            further += 1
            words = words[(marks & _GOES_ON).view(np.bool_)]
            if len(words) and words[-1] + further >= len(starts):
                words = words[words + further < len(starts)]
        if not found or not len(self._hashes):
            return _NOTHING, _NOTHING, _NOTHING
        hashes, first, last = map(np.concatenate, zip(*found, strict=True))
        order = np.argsort(hashes)  # looked up in order, neighbours are in the caches
        hashes = hashes[order]
        at = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
        true = np.flatnonzero(self._hashes[at] == hashes)
        order = order[true]
        return self._numbers[at[true]], starts[first[order]], ends[last[order]]


_NOTHING: Array = np.zeros(0, dtype=np.int64)


def _beginnings(first: int, phrases: Sequence[str]) -> tuple[Array, Any, Mask]:
    """Return for every beginning of every phrase its number, its hash, and if it is all of it."""
    codes = code_points("\n".join([*phrases, ""]))
    lengths = np.array([len(phrase) for phrase in phrases], dtype=np.int64)
    starts = np.cumsum(lengths + 1) - lengths - 1
    sums, scale = _running_sums(codes)
    _, word_ends = _words(LETTER_OR_DIGIT.mask(codes))
    phrase = np.searchsorted(starts, word_ends, "right") - 1
    hashes = (sums[word_ends] - sums[starts[phrase]]) * scale[starts[phrase]]
    return first + phrase, hashes, word_ends == (starts + lengths)[phrase]


def _words(in_word: Mask) -> tuple[Array, Array]:
    """Return start and end of each word; the last character is of no word."""
    edges = in_word.copy()
    edges[1:] ^= in_word[:-1]
    at = np.flatnonzero(edges)
    return at[::2], at[1::2]


def _running_sums(codes: Array) -> tuple[Any, Any]:
    """Return sums and factors: ``(sums[end] - sums[start]) * factors[start]`` is a hash."""
    count = max(_FEWEST_POWERS, 1 << len(codes).bit_length())
    powers, inverse = (_powers if count <= _MOST_KEPT_POWERS else _powers.__wrapped__)(count)
    sums = np.zeros(len(codes) + 1, dtype=np.uint64)
    np.cumsum(codes * powers[: len(codes)], out=sums[1:])
    return sums, inverse


def _mark(hashes: Any) -> Any:
    return (hashes * _MIX) >> _SHIFT


@lru_cache(maxsize=4)
def _powers(count: int) -> tuple[Any, Any]:
    """Return the powers of the base and their inverses, modulo the size of a hash."""
    result = []
    for base in (_BASE, pow(_BASE, -1, _WORD)):
        powers = np.full(count, base, dtype=np.uint64)
        powers[0] = 1
        result.append(np.cumprod(powers, dtype=np.uint64))
    return result[0], result[1]
