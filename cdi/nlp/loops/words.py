"""A table of words and short phrases, looked up by their hash."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from cdi.nlp.loops.compiler import compiled, inlined
from cdi.nlp.loops.kinds import Codes, code_points

WordTable = npt.NDArray[np.uint64]
"""An open-addressed table: of each word its hash, and its number and uses. No uses: it is free."""

_MIX = np.uint64(0x9E3779B97F4A7C15)  # odd
SEED = np.uint64(0xD6E8FEB86659FD93)
"""The hash of no words."""
_HASH, _MEANING = 0, 1
_USES = 8  # bits
_LEAST_NUMBER = 2  # below zero
_SHIFT = np.uint64(40)  # to the bits that all code points have changed


def word_table(words: Mapping[str, tuple[int, int]]) -> WordTable:
    """Return a table of words, at most half of it full.

    Args:
        words: for each its uses, at least one bit of eight, and its number.

    Raises:
        ValueError: two words have the same hash; another seed is needed.
    """
    table = np.zeros((1 << len(words).bit_length() + 1, 2), dtype=np.uint64)
    for word, (uses, number) in words.items():
        codes = code_points(word)
        hash_ = np.uint64(hash_of(codes, 0, len(codes)))
        place = place_of(table, hash_)
        if table[place, _MEANING]:
            raise ValueError(f"`{word}` has the hash of another word")
        table[place] = hash_, (number + _LEAST_NUMBER) << _USES | uses
    return table


@inlined
def mixed(hash_: np.uint64, code: np.uint32) -> np.uint64:
    """Return the hash of a word and one more code point."""
    return (hash_ ^ np.uint64(code)) * _MIX


@compiled
def hash_of(codes: Codes, start: int, end: int) -> np.uint64:
    """Return the hash of a stretch of code points."""
    hash_ = SEED
    for at in range(start, end):
        hash_ = mixed(hash_, codes[at])
    return hash_


@compiled
def place_of(table: WordTable, hash_: np.uint64) -> np.int64:
    """Return the place of a word, or the free place where it would stand."""
    last = len(table) - 1
    place = np.int64(np.int64(hash_ >> _SHIFT) & last)
    while table[place, _MEANING] and table[place, _HASH] != hash_:
        place = np.int64((place + 1) & last)
    return place


@inlined
def is_used(table: WordTable, hash_: np.uint64, use: int) -> bool:
    """Tell whether a word is in the table for a use."""
    return bool(np.int64(table[place_of(table, hash_), _MEANING]) & use)


@inlined
def number_of(table: WordTable, hash_: np.uint64, use: int, other: int) -> np.int64:
    """Return the number of a word that is in the table for a use, else another number."""
    meaning = np.int64(table[place_of(table, hash_), _MEANING])
    return np.int64((meaning >> _USES) - _LEAST_NUMBER if meaning & use else other)
