"""Finding any of a hundred thousand phrases in texts, word by word.

Phrases and texts are cut into tokens: a run of letters and digits, or one sign. Every beginning of
a phrase that ends with a token has a hash of 64 bits, and a table tells of each whether it is a
phrase and whether it goes on. From each token of a text on, more and more tokens are looked up
until they begin no phrase any more.

What counts is how many places of the memory are touched. Beginnings of one token are in a small
table of their own. Of the others most that a text has are of no phrase; marks tell nearly all of
these (Bloom, Commun ACM 1970;13:422-426), before the large table is looked into.

That phrases have hashes of their own is checked when the table is made; that other words of a note
have the hash of a phrase is less likely than a fault of the memory.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cdi.nlp.loops.arrays import (
    Numbers,
    filled_numbers,
    filled_rows,
    greater,
    new_rows,
)
from cdi.nlp.loops.compiler import compiled, inlined
from cdi.nlp.loops.folds import BLANK, CODE, WORD, Folds
from cdi.nlp.loops.kinds import Codes

Owners = npt.NDArray[np.int32]
Slots = npt.NDArray[np.uint64]

_LETTER = np.uint64(0x9E3779B97F4A7C15)
_TOKEN = np.uint64(0xD6E8FEB86659FD93)
_MIX = np.uint64(0xFF51AFD7ED558CCD)
_APART = np.uint64(0x2545F4914F6CDD1D)
_HALF = np.uint64(32)
_NOTHING, _ONE = np.uint64(0), np.uint64(1)

LAST = 1
"""Bit of the last owner of a phrase; above it stand the part and the pattern."""
PART = 1
"""Bit where the part of an owner begins."""
PATTERN = 8
"""Bit where the pattern of an owner begins."""
MARK = 6
"""Bits of the place of a mark that tell it from others of the same number."""
_MARKS = (1 << MARK) - 1
_PARTS = (1 << PATTERN - PART) - 1


class Table(NamedTuple):
    """Phrases as the loop looks them up.

    Slots are a power of two; each holds the value of a beginning in its lower bits, and in the
    others as much of its hash. Nothing is 0. The value tells in its lowest bit if the beginning
    goes on, and above it the place of its owners, counted from 1 on; it is 0 if it has none.

    Attributes:
        firsts: slots of the beginnings of one token.
        others: those of the others.
        marks: bits; that of each of the others is set.
        owners: of all phrases, those of each behind one another, the last of them marked.
        first_bits, other_bits, mark_bits: how many of a hash tell the place in these.
        value_bits: of a value.
        longest: tokens of the longest phrase.
    """

    firsts: Slots
    others: Slots
    marks: Slots
    owners: Owners
    first_bits: int
    other_bits: int
    mark_bits: int
    value_bits: int
    longest: int


@compiled
def find_phrases(
    codes: Codes, bounds: Numbers, folds: Folds, table: Table, parts: int
) -> tuple[bool, Numbers, Numbers]:
    """Find the phrases in texts.

    Args:
        codes: of the texts.
        bounds: where each begins in them, and where the last ends.
        folds: what they are folded to.
        table: the phrases.
        parts: how many parts their owners are of.

    Returns:
        Whether all code points are known; if not, nothing else is. Pattern, start and end (in its
        text) of each hit, in three rows, by part, text, start, longest first, and pattern. Of each
        part, a row of where the hits of each text begin, and where those of the last end.
    """
    texts = len(bounds) - 1
    hashes, places = _room(bounds)
    matches = new_rows(3, len(codes) // 8 + 64)
    ends = filled_numbers(texts + 1, 0)
    count = 0
    # From back to front, so that the longest phrase at a place comes last; dealing turns it round.
    for text in range(texts - 1, -1, -1):
        tokens = _tokens(codes, bounds[text], bounds[text + 1], folds, hashes, places)
        if tokens < 0:
            return False, matches, matches
        matches, count = _match(hashes, places, tokens, table, matches, count)
        ends[text] = count
    hits, bounds_of_parts = _deal(matches, ends, table.owners, parts)
    return True, hits, bounds_of_parts


@inlined
def _tokens(
    codes: Codes, start: int, end: int, folds: Folds, hashes: Slots, places: Numbers
) -> int:
    """Cut a text into tokens; return how many there are, -1 if a code point is not known.

    Of each its hash is given, which tells if a blank stands before it, with start and end.
    """
    count, at = 0, start
    apart = False
    while at < end:
        fold = folds[codes[at]]
        if fold & BLANK:
            apart = True
            at += 1
            continue
        begin = at
        value = np.uint64(fold & CODE)
        at += 1
        if fold & WORD:
            while at < end:
                fold = folds[codes[at]]
                if not fold & WORD:
                    break
                value = value * _LETTER + np.uint64(fold & CODE)
                at += 1
        if not fold:
            return -1
        value = (value ^ (value >> _HALF)) * _TOKEN
        hashes[count] = value | _ONE if apart else value & ~_ONE
        places[0, count] = begin - start
        places[1, count] = at - start
        count += 1
        apart = False
    return count


@inlined
def _match(
    hashes: Slots, places: Numbers, tokens: int, table: Table, matches: Numbers, count: int
) -> tuple[Numbers, int]:
    """Add the phrases of a text to the matches, from its end on; return these and their count.

    Of each are given the place of its owners, its start, and its end.
    """
    # Taken out once: each time an array is taken out of a tuple, it is counted who holds it.
    firsts, others, marks = table.firsts, table.others, table.marks
    first_bits, other_bits, mark_bits = table.first_bits, table.other_bits, table.mark_bits
    value_bits = table.value_bits
    for first in range(tokens - 1, -1, -1):
        if count + table.longest > matches.shape[1]:
            matches = _grown(matches, table.longest)
        value = hashes[first] & ~_ONE  # what stands before a phrase is not of it
        entry = _look_up(firsts, first_bits, value_bits, value)
        last = first
        while True:
            if entry >> 1:
                matches[0, count] = (entry >> 1) - 1
                matches[1, count] = places[0, first]
                matches[2, count] = places[1, last]
                count += 1
            last += 1
            if not entry & 1 or last >= tokens:
                break
            value = value * _APART + hashes[last]
            mark = _place(value, mark_bits)
            if not marks[mark >> MARK] >> np.uint64(mark & _MARKS) & _ONE:
                break
            entry = _look_up(others, other_bits, value_bits, value)
    return matches, count


@inlined
def _look_up(slots: Slots, slot_bits: int, value_bits: int, value: np.uint64) -> np.int64:
    """Return the value of a beginning, 0 if it is of no phrase."""
    entry = slots[_slot(slots, slot_bits, value_bits, value)]
    return np.int64(entry & ((_ONE << np.uint64(value_bits)) - _ONE))


@inlined
def _slot(slots: Slots, slot_bits: int, value_bits: int, value: np.uint64) -> np.int64:
    """Return the slot of a beginning, or the free one where it would stand."""
    bits = np.uint64(value_bits)
    at = _place(value, slot_bits)
    rest = _mixed(value) << bits >> bits
    while slots[at] != _NOTHING and slots[at] >> bits != rest:
        at = (at + 1) & (len(slots) - 1)
    return at


@inlined
def _place(value: np.uint64, bits: int) -> np.int64:
    return np.int64(_mixed(value) >> np.uint64(64 - bits))


@inlined
def _mixed(value: np.uint64) -> np.uint64:
    return (value ^ (value >> _HALF)) * _MIX


@inlined
def _grown(matches: Numbers, least: int) -> Numbers:
    size = matches.shape[1]
    larger = new_rows(3, 2 * size + least)
    for row in range(3):
        for at in range(size):
            larger[row, at] = matches[row, at]
    return larger


@inlined
def _deal(matches: Numbers, ends: Numbers, owners: Owners, parts: int) -> tuple[Numbers, Numbers]:
    """Return a hit for each owner of each match, by part, and where those of each text begin.

    Args:
        matches: from back to front.
        ends: of the matches of each text, which begin where those of the next end.
        owners: of all phrases.
        parts: how many there are.
    """
    texts = len(ends) - 1
    bounds = filled_rows(parts, texts + 1, 0)
    for text in range(texts):
        for at in range(ends[text + 1], ends[text]):
            owner = matches[0, at]
            bounds[_part(owners[owner]), text + 1] += 1
            while not owners[owner] & LAST:
                owner += 1
                bounds[_part(owners[owner]), text + 1] += 1
    free = new_rows(parts, texts + 1)
    count = 0
    for part in range(parts):
        for text in range(texts + 1):
            count += bounds[part, text]
            bounds[part, text] = free[part, text] = count
    hits = new_rows(3, count)
    for text in range(texts):
        for at in range(ends[text] - 1, ends[text + 1] - 1, -1):
            owner = matches[0, at]
            while True:
                part = _part(owners[owner])
                to = free[part, text]
                free[part, text] += 1
                hits[0, to] = owners[owner] >> PATTERN
                hits[1, to] = matches[1, at]
                hits[2, to] = matches[2, at]
                if owners[owner] & LAST:
                    break
                owner += 1
    return hits, bounds


@inlined
def _part(owner: int) -> int:
    return (owner >> PART) & _PARTS


@compiled
def hash_phrases(codes: Codes, bounds: Numbers, folds: Folds) -> tuple[Slots, Numbers]:
    """Return the hashes of all beginnings of phrases, and where those of each begin.

    Args:
        codes: of the phrases; what they are folded to is known.
        bounds: where each begins in them, and where the last ends.
        folds: what they are folded to.
    """
    hashes, places = _room(bounds)
    values = np.empty(len(codes), np.uint64)
    firsts = filled_numbers(len(bounds), 0)
    count = 0
    for phrase in range(len(bounds) - 1):
        tokens = _tokens(codes, bounds[phrase], bounds[phrase + 1], folds, hashes, places)
        values[count] = hashes[0] & ~_ONE
        for at in range(1, tokens):
            values[count + at] = values[count + at - 1] * _APART + hashes[at]
        count += tokens
        firsts[phrase + 1] = count
    return values[:count], firsts


@compiled
def enter_phrases(values: Slots, firsts: Numbers, owners: Numbers, table: Table) -> bool:
    """Enter phrases into a table that has room for them; return if each has a hash of its own.

    Args:
        values: of all beginnings.
        firsts: where those of each phrase begin, and where those of the last end.
        owners: of each phrase where its owners begin in the table.
        table: with nothing but the owners.
    """
    for phrase in range(len(owners)):
        first, last = firsts[phrase], firsts[phrase + 1] - 1
        for at in range(first, last):
            _enter(values[at], at == first, 1, table)
        if _enter(values[last], last == first, (owners[phrase] + 1) << 1, table) >> 1:
            return False
    return True


@inlined
def _enter(value: np.uint64, is_first: bool, told: int, table: Table) -> np.int64:
    """Add what is told of a beginning; return what was told of it before."""
    bits = np.uint64(table.value_bits)
    slots = table.firsts if is_first else table.others
    slot_bits = table.first_bits if is_first else table.other_bits
    at = _slot(slots, slot_bits, table.value_bits, value)
    before = np.int64(slots[at] & ((_ONE << bits) - _ONE))
    slots[at] = (_mixed(value) << bits) | np.uint64(before | told)
    if not is_first:
        mark = _place(value, table.mark_bits)
        table.marks[mark >> MARK] |= _ONE << np.uint64(mark & _MARKS)
    return before


@inlined
def _room(bounds: Numbers) -> tuple[Slots, Numbers]:
    """Return arrays for the tokens of the longest of some stretches."""
    size = 0
    for at in range(len(bounds) - 1):
        size = greater(size, bounds[at + 1] - bounds[at])
    return np.empty(size, np.uint64), new_rows(2, size)
