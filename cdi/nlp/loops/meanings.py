"""What the hits of phrases mean: whether what a phrase asks for is there, and what hides what."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cdi.nlp.loops.arrays import (
    Numbers,
    filled_numbers,
    lesser,
    new_numbers,
    new_rows,
)
from cdi.nlp.loops.compiler import compiled, inlined
from cdi.nlp.loops.folds import CODE, SPACE, Folds
from cdi.nlp.loops.kinds import Codes
from cdi.nlp.loops.words import SEED, WordTable, is_used, mixed

Rows = npt.NDArray[np.int32]

HEAD = 1
"""Bit of a sense that names its condition."""
BOUND = 2
"""Bit of a sense that means nothing where the text does not name its condition."""
IGNORED = 4
"""Bit of a sense of phrases that mean nothing, and nor does what stands in them."""
NAMING = 8
"""Bit of a sense of words that name something."""
DENIAL = 1
"""Use of words that may not stand in a gap."""

_SENSE, _PARTS, _EXACT = range(3)  # columns of entries
_CONDITION, _RIVAL, _BITS = range(3)  # columns of senses
_PLURAL = ord("s")


class Meanings(NamedTuple):
    """What phrases mean.

    Lists of lists are two arrays: all of them, and in another where each begins and the last ends.

    Attributes:
        of_patterns: the meaning of each pattern.
        firsts: of each meaning where its entries begin.
        entries: of each its sense, and where the parts that must follow begin and the code points
            that the words must have; a row more for where the last of these end.
        senses: of each its condition, its rival, and bits.
        parts: what must follow the words of entries, by number.
        exact: code points.
        follower_firsts: of each follower where the parts begin that it is one of.
        follower_parts: these.
        counts: how many conditions, rivals and parts there are.
        reach: how far behind a phrase what follows must begin.
        gap: the most words between them.
        words: those that may not be among them.
    """

    of_patterns: Rows
    firsts: Rows
    entries: Rows
    senses: Rows
    parts: Rows
    exact: Codes
    follower_firsts: Rows
    follower_parts: Rows
    counts: tuple[int, int, int]
    reach: int
    gap: int
    words: WordTable


class Texts(NamedTuple):
    """Texts whose hits are read.

    Attributes:
        codes: of all.
        bounds: where each begins in them, and where the last ends.
        folds: what code points are folded to.
        hits: of phrases: pattern, start and end, in three rows.
        hit_bounds: where those of each text begin, and where those of the last end.
        followers, follower_bounds: the same for what may follow.
        sentences: where the sentences of each text end.
        sentence_bounds: where those of each text begin, and where those of the last end.
    """

    codes: Codes
    bounds: Numbers
    folds: Folds
    hits: Numbers
    hit_bounds: Numbers
    followers: Numbers
    follower_bounds: Numbers
    sentences: Numbers
    sentence_bounds: Numbers


class _State(NamedTuple):
    """What is known while the hits of a text are read.

    Attributes:
        named: which conditions are.
        farthest, leaders: of each rival where the phrase ends that ends last, and where it begins;
            counted from the first text on.
        last_parts: of each part where it last begins; counted so, too.
    """

    named: npt.NDArray[np.bool_]
    farthest: Numbers
    leaders: Numbers
    last_parts: Numbers


@compiled
def read_meanings(table: Meanings, texts: Texts) -> tuple[Numbers, Numbers]:
    """Return what hits mean: hit, start, end, entry and sense, in five rows, by text and hit.

    Behind it comes where the rows of each text begin, and where those of the last end.
    """
    conditions, rivals, parts = table.counts
    state = _State(
        np.zeros(conditions, np.bool_),
        filled_numbers(rivals, -1),
        filled_numbers(rivals, -1),
        filled_numbers(parts, -1),
    )
    count = 0
    for hit in range(texts.hit_bounds[0], texts.hit_bounds[-1]):
        meaning = table.of_patterns[texts.hits[0, hit]]
        count += table.firsts[meaning + 1] - table.firsts[meaning]
    rows = new_rows(5, count)
    bounds = filled_numbers(len(texts.bounds), 0)
    count = 0
    for text in range(len(texts.bounds) - 1):
        first = count
        _note_heads(table, texts, text, state)
        _note_parts(table, texts, text, state)
        count = _read(table, texts, text, state, rows, count)
        _drop_ignored(table, rows, first, count)
        count = _drop_unbound(table, rows, first, count, state.named)
        bounds[text + 1] = count
    return rows[:, :count], bounds


@compiled
def group_meanings(
    hits: Numbers,
    starts: Numbers,
    ends: Numbers,
    meant: Numbers,
    senses: Rows,
    asked: npt.NDArray[np.bool_],
) -> tuple[Numbers, Numbers]:
    """Gather the senses that a hit has from one place to another.

    Args:
        hits: the hit of each row of a text.
        starts: where each begins.
        ends: where each ends.
        meant: its sense.
        senses: of each its condition, its rival, and bits.
        asked: of each condition whether all its senses are asked for, not the naming ones alone.

    Returns:
        Start and end of each group, and where its senses begin in the others; the senses.
    """
    groups = new_rows(3, len(hits))
    kept = new_numbers(len(hits))
    group = count = 0
    last = -1
    for row in range(len(hits)):
        sense = meant[row]
        if not (senses[sense, _BITS] & NAMING or asked[senses[sense, _CONDITION]]):
            continue
        if last < 0 or hits[row] != hits[last] or ends[row] != ends[last]:
            groups[0, group], groups[1, group], groups[2, group] = starts[row], ends[row], count
            group += 1
        kept[count] = sense
        count += 1
        last = row
    return groups[:, :group], kept[:count]


@inlined
def _note_heads(table: Meanings, texts: Texts, text: int, state: _State) -> None:
    """Note which conditions the hits of a text may name."""
    for condition in range(len(state.named)):
        state.named[condition] = False
    for hit in range(texts.hit_bounds[text], texts.hit_bounds[text + 1]):
        meaning = table.of_patterns[texts.hits[0, hit]]
        for entry in range(table.firsts[meaning], table.firsts[meaning + 1]):
            sense = table.entries[entry, _SENSE]
            if table.senses[sense, _BITS] & HEAD:
                state.named[table.senses[sense, _CONDITION]] = True


@inlined
def _note_parts(table: Meanings, texts: Texts, text: int, state: _State) -> None:
    """Note where the parts of phrases last begin in a text."""
    start = texts.bounds[text]
    for hit in range(texts.follower_bounds[text], texts.follower_bounds[text + 1]):
        follower = texts.followers[0, hit]
        for at in range(table.follower_firsts[follower], table.follower_firsts[follower + 1]):
            state.last_parts[table.follower_parts[at]] = start + texts.followers[1, hit]


@inlined
def _read(
    table: Meanings, texts: Texts, text: int, state: _State, rows: Numbers, count: int
) -> int:
    """Add the rows of the phrases of a text that no longer rival hides; return the count."""
    # Taken out once: each time an array is taken out of a tuple, it is counted who holds it.
    hits, ends = texts.hits, texts.sentences
    of_patterns, firsts = table.of_patterns, table.firsts
    entries, senses, parts = table.entries, table.senses, table.parts
    named, farthest, leaders, last_parts = state
    start = texts.bounds[text]
    sentence, last = texts.sentence_bounds[text], texts.sentence_bounds[text + 1] - 1
    for hit in range(texts.hit_bounds[text], texts.hit_bounds[text + 1]):
        begin, end = hits[1, hit], hits[2, hit]
        while sentence < last and ends[sentence] <= begin:
            sentence += 1
        limit = ends[sentence] if sentence <= last else 0
        if end > limit:
            continue
        meaning = of_patterns[hits[0, hit]]
        for entry in range(firsts[meaning], firsts[meaning + 1]):
            sense = entries[entry, _SENSE]
            if senses[sense, _BITS] & BOUND and not named[senses[sense, _CONDITION]]:
                continue
            stop = end
            part, last_part = entries[entry, _PARTS], entries[entry + 1, _PARTS]
            if part < last_part and last_parts[parts[part]] < start + end:
                continue  # nothing of what must follow does
            if part < last_part or entries[entry, _EXACT] < entries[entry + 1, _EXACT]:
                stop = _stop(table, texts, text, entry, begin, end, limit)
                if not stop:
                    continue
            if _is_hidden(farthest, leaders, senses[sense, _RIVAL], start + begin, start + stop):
                continue
            rows[0, count], rows[1, count], rows[2, count] = hit, begin, stop
            rows[3, count], rows[4, count] = entry, sense
            count += 1
    return count


@inlined
def _is_hidden(farthest: Numbers, leaders: Numbers, rival: int, start: int, end: int) -> bool:
    """Tell whether a longer phrase of a rival hides one; if not, it may hide others."""
    if end > farthest[rival]:
        farthest[rival], leaders[rival] = end, start
        return False
    return bool(end < farthest[rival] or start != leaders[rival])


@inlined
def _stop(
    table: Meanings, texts: Texts, text: int, entry: int, begin: int, end: int, limit: int
) -> int:
    """Return where a phrase ends, 0 where something that it asks for is missing."""
    start = texts.bounds[text]
    exact, exact_end = table.entries[entry, _EXACT], table.entries[entry + 1, _EXACT]
    if exact < exact_end:
        plural = end - begin == exact_end - exact + 1 and texts.codes[start + end - 1] == _PLURAL
        if end - begin - plural != exact_end - exact:
            return 0
        for at in range(exact, exact_end):
            if texts.codes[start + begin + at - exact] != table.exact[at]:
                return 0
    for at in range(table.entries[entry, _PARTS], table.entries[entry + 1, _PARTS]):
        part = table.parts[at]
        hit = _next(table, texts, text, part, end, lesser(limit, end + table.reach))
        if hit < 0 or not _is_gap(table, texts, start + end, start + texts.followers[1, hit]):
            return 0
        end = texts.followers[2, hit]
    return end


@inlined
def _next(table: Meanings, texts: Texts, text: int, part: int, start: int, limit: int) -> int:
    """Return the first hit of a part that begins and ends between two places, -1 if none does."""
    low: int = texts.follower_bounds[text]
    high = end = texts.follower_bounds[text + 1]
    while low < high:
        middle = (low + high) // 2
        if texts.followers[1, middle] < start:
            low = middle + 1
        else:
            high = middle
    while low < end and texts.followers[1, low] < limit:
        if texts.followers[2, low] <= limit and _is_of(table, texts.followers[0, low], part):
            return low
        low += 1
    return -1


@inlined
def _is_of(table: Meanings, follower: int, part: int) -> bool:
    """Tell whether a follower is one of a part."""
    for at in range(table.follower_firsts[follower], table.follower_firsts[follower + 1]):
        if table.follower_parts[at] == part:
            return True
    return False


@inlined
def _is_gap(table: Meanings, texts: Texts, at: int, end: int) -> bool:
    """Tell whether a stretch has few words, and none that denies what stands about it."""
    count = 0
    while at < end:
        fold = texts.folds[texts.codes[at]]
        if fold & SPACE:
            at += 1
            continue
        word = SEED
        while at < end and not fold & SPACE:
            word = mixed(word, fold & CODE)
            at += 1
            if at < end:
                fold = texts.folds[texts.codes[at]]
        count += 1
        if count > table.gap or is_used(table.words, word, DENIAL):
            return False
    return True


@inlined
def _drop_ignored(table: Meanings, rows: Numbers, first: int, last: int) -> None:
    """Mark phrases to be ignored, and what stands inside them, with -1 for a hit."""
    for row in range(first, last):
        sense = rows[4, row]
        if not table.senses[sense, _BITS] & IGNORED:
            continue
        at = row
        while at > first and rows[1, at - 1] == rows[1, row]:
            at -= 1
        while at < last and rows[1, at] < rows[2, row]:
            same = table.senses[rows[4, at], _CONDITION] == table.senses[sense, _CONDITION]
            if same and rows[2, at] <= rows[2, row]:
                rows[0, at] = -1
            at += 1


@inlined
def _drop_unbound(
    table: Meanings, rows: Numbers, first: int, last: int, named: npt.NDArray[np.bool_]
) -> int:
    """Leave out rows that are marked or whose condition is not named; return where they end."""
    for condition in range(len(named)):
        named[condition] = False
    for row in range(first, last):
        sense = rows[4, row]
        if rows[0, row] >= 0 and table.senses[sense, _BITS] & HEAD:
            named[table.senses[sense, _CONDITION]] = True
    count = first
    for row in range(first, last):
        sense = rows[4, row]
        bound = table.senses[sense, _BITS] & BOUND
        if rows[0, row] >= 0 and (not bound or named[table.senses[sense, _CONDITION]]):
            for column in range(5):
                rows[column, count] = rows[column, row]
            count += 1
    return count
