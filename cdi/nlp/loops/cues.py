"""Which cues of a sentence count, and where the nearest stop ends what each may speak of.

The walk over the hits of cues, stops, anchors and look-alikes: what a longer phrase covers is left
out, and so are cues whose conditions do not hold. What words between a cue and a mention say is
looked at elsewhere.
"""

from __future__ import annotations

from typing import NamedTuple

from cdi.nlp.loops.arrays import (
    Numbers,
    fill,
    filled_numbers,
    first_from,
    greater,
    new_numbers,
    new_rows,
)
from cdi.nlp.loops.compiler import compiled, inlined
from cdi.nlp.loops.kinds import Codes

CUE, REPORT, STOP, ANCHOR, PSEUDO = 0, 1, 2, 3, 4
"""Sorts of phrases; a report hides nothing and is hidden by nothing."""

CLOSING, DATED, ITSELF, FORWARD, BACKWARD, OPENS, CANCELS = 1, 2, 4, 8, 16, 32, 64
"""Bits of what a phrase does; see :class:`cdi.rules.cue_schema.CueSpec`."""

SORT, BITS, CATEGORY, ENDS_FORWARD, ENDS_BACKWARD, AFTER, NOT_AFTER = range(7)
"""Columns of what a phrase means: its sort and bits, the category of a cue, the categories that a
stop ends, as bits, and the anchors that a cue asks for, of an anchor its own; -1 if none."""

MEANING, HIT_START, HIT_END = range(3)
"""Rows of hits: phrase, once it is looked up its meaning, and where it stands."""

START, END, FIRST_END, LAST_START = range(4)
"""Columns of a sentence that is asked about: where it begins and ends, where the first of its
mentions ends, and where the last of them begins."""

_NOT_CANCELLED, _CANCELLED = 0, 1
_CLAUSE_ENDS = (ord("."), ord(","), ord(";"), ord(")"), ord("]"), ord("\n"))
_BLANK, _QUESTION_MARK, _ZERO = ord(" "), ord("?"), ord("0")
_DIGITS_OF_A_YEAR = 4


class Meanings(NamedTuple):
    """The meaning of each phrase, by number, and the columns of each meaning."""

    of_phrases: Numbers
    columns: Numbers


@compiled
def find_cues(
    codes: Codes,
    hits: Numbers,
    meanings: Meanings,
    asked: Numbers,
    names: Numbers,
    counts: tuple[int, int, int],
) -> tuple[Numbers, Numbers, Numbers]:
    """Return the cues that count and how far they may speak.

    Args:
        codes: the text.
        hits: in it, three rows, in reading order, longest first.
        meanings: of the phrases.
        asked: the sentences, a row for each.
        names: start and end of all names in the text, by start; a cue that shares words with the
            beginning of one is none.
        counts: number of categories, number of anchors, and the year of the note or a year that
            never comes.

    Returns:
        Rows (sentence, meaning, start, end, limit) of the cues that speak forward, from the last
        one of a sentence to its first; the same of those that speak backward, from the first to the
        last, where the limit is the end of the last stop before; and for each sentence and category
        where a scope that reaches into it ends, -1 if it is cancelled.
    """
    categories, anchors, year = counts
    hits = _with_meanings(hits, meanings.of_phrases)
    columns = meanings.columns
    most = hits.shape[1]
    forward = new_rows(greater(1, most), 5)
    backward = new_rows(greater(1, most), 5)
    into = new_rows(len(asked), categories)
    kept = new_numbers(greater(1, most))
    seen = filled_numbers(greater(1, anchors), 0)
    limits = new_numbers(categories)
    cancelled = new_numbers(categories)
    ahead = behind = 0
    for sentence in range(len(asked)):
        low = first_from(hits[HIT_START], asked[sentence, START])
        high = first_from(hits[HIT_START], asked[sentence, END])
        count = _keep(codes, hits, columns, asked, names, sentence, (low, high, year), seen, kept)
        fill(limits, asked[sentence, END])
        fill(cancelled, _NOT_CANCELLED)
        ahead = _look_ahead(
            hits, columns, asked, sentence, kept[:count], limits, cancelled, forward, ahead
        )
        for category in range(categories):
            is_cancelled = cancelled[category] == _CANCELLED
            into[sentence, category] = -1 if is_cancelled else limits[category]
        fill(limits, asked[sentence, START])
        behind = _look_back(hits, columns, asked, sentence, kept[:count], limits, backward, behind)
    return forward[:ahead], backward[:behind], into


@inlined
def _with_meanings(hits: Numbers, of_phrases: Numbers) -> Numbers:
    """Return the hits with the meanings of their phrases in place of these."""
    count = hits.shape[1]
    known = new_rows(3, count)
    for hit in range(count):
        known[MEANING, hit] = of_phrases[hits[MEANING, hit]]
        known[HIT_START, hit] = hits[HIT_START, hit]
        known[HIT_END, hit] = hits[HIT_END, hit]
    return known


@inlined
def _keep(
    codes: Codes,
    hits: Numbers,
    columns: Numbers,
    asked: Numbers,
    names: Numbers,
    sentence: int,
    bounds: tuple[int, int, int],
    seen: Numbers,
    kept: Numbers,
) -> int:
    """Write the hits of a sentence that count as cues or stops; return how many."""
    low, high, year = bounds
    end = asked[sentence, END]
    longest_start = longest_end = -1  # the longest meaning here hides those it overlaps
    count = since = 0  # and where its meanings begin among those kept
    for hit in range(low, high):
        meaning, start, stop = hits[MEANING, hit], hits[HIT_START, hit], hits[HIT_END, hit]
        sort = columns[meaning, SORT]
        same = start == longest_start and stop == longest_end
        if sort == ANCHOR:
            seen[columns[meaning, AFTER]] = sentence + 1
            continue
        if sort == STOP:
            if stop > longest_end or same:
                kept[count] = hit
                count += 1
            continue
        if stop > end and not (sort != PSEUDO and columns[meaning, BITS] & CLOSING):
            continue  # "fever: no" and "change" below it are no "no change"
        if sort != PSEUDO and not _holds(codes, hits, columns, hit, (sentence, end, year), seen):
            continue
        if sort == REPORT:
            kept[count] = hit
            count += 1
            continue
        # A cue or pseudo cue: it may be hidden, or hide what was the longest so far.
        hides = stop - start > longest_end - longest_start
        if not (start >= longest_end or same or hides) or _cuts_into(names, start, stop, end):
            continue
        if not same:
            if start < longest_end:
                count = _without_cues(hits, columns, kept, since, count)
            longest_start, longest_end, since = start, stop, count
        if sort == CUE:
            kept[count] = hit
            count += 1
    return count


@inlined
def _without_cues(hits: Numbers, columns: Numbers, kept: Numbers, since: int, count: int) -> int:
    """Leave out the cues from ``since`` on; return how many are left."""
    left = since
    for place in range(since, count):
        if columns[hits[MEANING, kept[place]], SORT] != CUE:
            kept[left] = kept[place]
            left += 1
    return left


@inlined
def _cuts_into(names: Numbers, start: int, stop: int, end: int) -> bool:
    """Tell whether a hit begins before a name of its sentence and ends inside it."""
    place = first_from(names[:, 0], start + 1)
    if place == len(names) or names[place, 0] >= end:
        return False
    return bool(names[place, 0] < stop)


@inlined
def _holds(
    codes: Codes,
    hits: Numbers,
    columns: Numbers,
    hit: int,
    place: tuple[int, int, int],
    seen: Numbers,
) -> bool:
    """Tell whether the conditions a cue sets itself are met."""
    sentence, end, year = place
    meaning, start, stop = hits[MEANING, hit], hits[HIT_START, hit], hits[HIT_END, hit]
    after, not_after = columns[meaning, AFTER], columns[meaning, NOT_AFTER]
    if after >= 0 and seen[after] != sentence + 1:
        return False
    if not_after >= 0 and seen[not_after] == sentence + 1:
        return False
    bits = columns[meaning, BITS]
    # Of "Edema:" and "none", split as heading and body, the cue reaches beyond its sentence.
    if bits & CLOSING and stop != end and stop != len(codes) and not _closes(codes, start, stop):
        return False
    return not (bits & DATED and _number(codes, stop) >= year)


@inlined
def _closes(codes: Codes, start: int, stop: int) -> bool:
    """Tell whether a clause ends behind a cue; so it does behind the mark of "stroke? per wife"."""
    behind = codes[stop]
    if behind in _CLAUSE_ENDS:
        return True
    asks = codes[stop - 1] == _QUESTION_MARK and behind == _BLANK
    return bool(asks and codes[start - 1] != _BLANK)


@inlined
def _number(codes: Codes, stop: int) -> int:
    """Return the year that ends at ``stop``."""
    number = 0
    for at in range(stop - _DIGITS_OF_A_YEAR, stop):
        number = 10 * number + int(codes[at]) - _ZERO
    return number


@inlined
def _look_ahead(
    hits: Numbers,
    columns: Numbers,
    asked: Numbers,
    sentence: int,
    kept: Numbers,
    limits: Numbers,
    cancelled: Numbers,
    rows: Numbers,
    count: int,
) -> int:
    """Write the cues that speak forward with their limits; return how many rows there are."""
    for place in range(len(kept) - 1, -1, -1):
        hit = kept[place]
        meaning, start = hits[MEANING, hit], hits[HIT_START, hit]
        bits = columns[meaning, BITS]
        if columns[meaning, SORT] == STOP:
            _end(columns[meaning, ENDS_FORWARD], start, limits)
            _end(columns[meaning, ENDS_FORWARD], 1 if bits & CANCELS else 0, cancelled)
            continue
        last = asked[sentence, LAST_START] + (1 if bits & ITSELF else 0)
        category = columns[meaning, CATEGORY]
        if start >= last or not bits & (FORWARD | OPENS) or cancelled[category] == _CANCELLED:
            continue
        _write(rows[count], sentence, hits, hit, limits[category])
        count += 1
    return count


@inlined
def _look_back(
    hits: Numbers,
    columns: Numbers,
    asked: Numbers,
    sentence: int,
    kept: Numbers,
    limits: Numbers,
    rows: Numbers,
    count: int,
) -> int:
    """Write the cues that speak backward with their limits; return how many rows there are."""
    for hit in kept:
        meaning = hits[MEANING, hit]
        if columns[meaning, SORT] == STOP:
            _end(columns[meaning, ENDS_BACKWARD], hits[HIT_END, hit], limits)
        elif (
            columns[meaning, BITS] & BACKWARD and asked[sentence, FIRST_END] <= hits[HIT_START, hit]
        ):
            _write(rows[count], sentence, hits, hit, limits[columns[meaning, CATEGORY]])
            count += 1
    return count


@inlined
def _write(row: Numbers, sentence: int, hits: Numbers, hit: int, limit: int) -> None:
    row[0], row[1], row[4] = sentence, hits[MEANING, hit], limit
    row[2], row[3] = hits[HIT_START, hit], hits[HIT_END, hit]


@inlined
def _end(categories: int, value: int, of_categories: Numbers) -> None:
    """Set the value of each of the categories, given as bits."""
    for category in range(len(of_categories)):
        if categories >> category & 1:
            of_categories[category] = value
