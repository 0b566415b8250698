"""Finding short names that count in certain capitals only, and joining them with other names."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cdi.nlp.loops.arrays import Numbers, filled_numbers, greater, new_rows
from cdi.nlp.loops.compiler import compiled, inlined
from cdi.nlp.loops.kinds import ALPHANUMERIC, BLANK, Codes, Kinds
from cdi.nlp.loops.words import SEED, WordTable, is_used, mixed

BUCKETS = 128
"""Symbols are kept apart by so many kinds of their first code points; a power of two."""
WHOLE = 1
"""Bit of a symbol that no letter, digit or underscore may follow."""
DOSE = 2
"""Bit of a symbol that is a unit of dose behind a number."""
FILLER = 1
"""Use of words that a symbol may follow though they are written like names."""

_SPACE, _HYPHEN, _UNDERSCORE, _LINE_END = (ord(character) for character in " -_\n")
_ZERO, _NINE = ord("0"), ord("9")
_CAPITALS, _SMALL = (ord("A"), ord("Z")), (ord("a"), ord("z"))
_TO_SMALL = ord("a") - ord("A")
_LONGEST_BEFORE = 24  # characters of the word before a symbol, with the blank
_LEAST_BEFORE = 3  # small letters of it


class Symbols(NamedTuple):
    """Short names.

    Attributes:
        buckets: for each kind of first code point where its symbols begin, and where the last end.
        numbers: of the symbols, the longest of a bucket first.
        firsts: where the code points of each begin, and where those of the last end.
        seconds: the second code point of each, 0 if anything may stand there.
        codes: all; a blank stands for any white space or hyphens.
        bits: of each.
        words: those that they may follow.
    """

    buckets: Numbers
    numbers: Numbers
    firsts: Numbers
    seconds: Codes
    codes: Codes
    bits: npt.NDArray[np.uint8]
    words: WordTable


@compiled
def find_names(
    codes: Codes,
    kinds: Kinds,
    bounds: Numbers,
    hits: Numbers,
    hit_bounds: Numbers,
    symbols: Symbols,
) -> tuple[Numbers, Numbers]:
    """Return the names in texts without overlaps, the earlier and the longer first.

    Args:
        codes: of the texts.
        kinds: of these.
        bounds: where each text begins in them, and where the last ends.
        hits: of other names: number, start and end (in the text), in three rows.
        hit_bounds: where those of each text begin, and where those of the last end.
        symbols: the short names.

    Returns:
        Number, start and end of each, in three rows. Where those of each text begin, and where
        those of the last end.
    """
    names = new_rows(3, hit_bounds[-1] - hit_bounds[0] + len(codes) // 2)
    ends = filled_numbers(len(bounds), 0)
    count = 0
    for text in range(len(bounds) - 1):
        start, end = bounds[text], bounds[text + 1]
        hit, last = hit_bounds[text], hit_bounds[text + 1]
        reached, at = start, start
        while True:
            at, symbol, stop = _next_symbol(codes, kinds, at, start, end, symbols)
            # Other names that begin before it, or there and are as long.
            while hit < last:
                hit_start, hit_end = start + hits[1, hit], start + hits[2, hit]
                if hit_start > at or (hit_start == at and hit_end < stop):
                    break
                if hit_start >= reached:
                    reached = hit_end
                    _add(names, count, hits[0, hit], hits[1, hit], hits[2, hit])
                    count += 1
                hit += 1
            if at == end:
                break
            if at >= reached:
                reached = stop
                _add(names, count, symbol, at - start, stop - start)
                count += 1
            at = stop
        ends[text + 1] = count
    return names[:, :count].copy(), ends


@inlined
def _add(names: Numbers, to: int, number: int, start: int, end: int) -> None:
    names[0, to], names[1, to], names[2, to] = number, start, end


@inlined
def _next_symbol(
    codes: Codes, kinds: Kinds, at: int, start: int, end: int, symbols: Symbols
) -> tuple[int, int, int]:
    """Return where the next symbol begins, its number, and where it ends."""
    # Taken out once: each time an array is taken out of a tuple, it is counted who holds it.
    buckets, seconds = symbols.buckets, symbols.seconds
    while at < end:
        bucket = codes[at] & (BUCKETS - 1)
        first, last = buckets[bucket], buckets[bucket + 1]
        if first < last and not (at > start and kinds[at - 1] & ALPHANUMERIC):
            second = codes[at + 1] if at + 1 < end else 0
            for symbol in range(first, last):
                if seconds[symbol] and seconds[symbol] != second:
                    continue
                stop = _stop(codes, kinds, at, end, symbol, symbols)
                if stop:
                    if not _is_part(codes, at, start, symbol, symbols):
                        return at, symbols.numbers[symbol], stop
                    at = stop - 1
                    break
        at += 1
    return end, -1, end


@inlined
def _stop(codes: Codes, kinds: Kinds, at: int, end: int, symbol: int, symbols: Symbols) -> int:
    """Return where a symbol ends that begins at a place, 0 if it does not."""
    for place in range(symbols.firsts[symbol], symbols.firsts[symbol + 1]):
        if at >= end:
            return 0
        if symbols.codes[place] == _SPACE:
            begin = at
            while at < end and (kinds[at] & BLANK or codes[at] == _HYPHEN):
                at += 1
            if at == begin:
                return 0
        elif codes[at] == symbols.codes[place]:
            at += 1
        else:
            return 0
    whole = symbols.bits[symbol] & WHOLE and at < end
    if whole and (kinds[at] & ALPHANUMERIC or codes[at] == _UNDERSCORE):
        return 0
    return at


@inlined
def _is_part(codes: Codes, at: int, start: int, symbol: int, symbols: Symbols) -> bool:
    """Tell a symbol that is a part of something else.

    A short name right behind a capitalised word belongs to it ("Paxil CR"), and one that is also a
    unit of dose is that unit behind a number ("5 Mg").
    """
    blank = at - 1
    if blank > start and codes[blank] == _LINE_END:
        blank -= 1
    if blank <= start or codes[blank] != _SPACE:
        return False
    before = blank - 1
    if _ZERO <= codes[before] <= _NINE:
        return bool(symbols.bits[symbol] & DOSE)
    first = greater(start, at - _LONGEST_BEFORE)
    while before >= first and _SMALL[0] <= codes[before] <= _SMALL[1]:
        before -= 1
    if before < first or blank - 1 - before < _LEAST_BEFORE:
        return False
    if not _CAPITALS[0] <= codes[before] <= _CAPITALS[1]:
        return False
    word = mixed(SEED, codes[before] + _TO_SMALL)
    for place in range(before + 1, blank):
        word = mixed(word, codes[place])
    return not is_used(symbols.words, word, FILLER)
