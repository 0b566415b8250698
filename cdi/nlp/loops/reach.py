"""Which scopes reach which mentions of a sentence, and what those that do make of each together.

A scope that speaks forward holds the mentions that begin behind it and before its end, one that
speaks backward those that end before it; between cue and mention no more words may stand than the
cue allows. Of each category the nearest scope on either side counts.
"""

from __future__ import annotations

from typing import NamedTuple

from cdi.nlp.loops.arrays import (
    Numbers,
    filled_numbers,
    filled_rows,
    greater,
    lesser,
    new_numbers,
    new_rows,
)
from cdi.nlp.loops.compiler import compiled, inlined
from cdi.nlp.loops.kinds import BLANK, Codes, Kinds

CATEGORY, START, END, WITHIN, CUE_START, CUE_END = range(6)
"""Columns of a scope; one with a WITHIN of :data:`MAX_REACH` reaches over any words."""

# No list in a note runs on for longer. The bound keeps the cost of each cue constant, whatever
# a sentence splitter takes for one sentence.
MAX_REACH = 2_000
"""Code points that a cue speaks of at most."""

MENTION_START, MENTION_END, NAMING, HISTORY = range(4)
"""Columns of a mention: where it stands, whether it names something, and where the words of history
begin that it ends with, -1 if it does not."""

RANK, DOUBT, ROLE = range(3)
"""Columns of a category: its place in the order of precedence, the doubt it tells, what else."""
REPORTED, ENDED, WITHHELD, PAST = 1, 2, 4, 8
"""Roles: told by a report, over, a drug that is not given, history by its own words."""

VERDICT_RANK, VERDICT_CUE_START, VERDICT_CUE_END, VERDICT_DOUBT, VERDICT_ROLES = range(5)
"""Columns of a verdict; behind them stand start and end of the cue that withholds a drug, or -1."""
_WITHHELD_START, _WITHHELD_END = 5, 6
_COLUMNS = 7

_FAR = 1 << 62
_SLASH, _SPACE = ord("/"), ord(" ")
_PUNCTUATION = tuple(map(ord, " \t\r\n-,:;()"))


class Sentences(NamedTuple):
    """The sentences whose mentions are judged, one entry or row for each.

    Attributes:
        starts: where each begins.
        mentions, forward, backward: from which to which row of these tables is its own.
        defaults: categories of its section, -1 where there are fewer.
    """

    starts: Numbers
    mentions: Numbers
    forward: Numbers
    backward: Numbers
    defaults: Numbers


class Text(NamedTuple):
    """Code points of a text and their kinds."""

    codes: Codes
    kinds: Kinds


@compiled
def judge_mentions(
    text: Text,
    sentences: Sentences,
    mentions: Numbers,
    forward: Numbers,
    backward: Numbers,
    categories: Numbers,
) -> Numbers:
    """Return a verdict for each mention.

    Args:
        text: the note in which they stand.
        sentences: of the note.
        mentions: sentence by sentence, each by start and end.
        forward: scopes that speak forward, sentence by sentence, each by start.
        backward: those that speak backward, in the order of their cues.
        categories: a row for each.
    """
    verdicts = new_rows(len(mentions), _COLUMNS)
    count = len(categories)
    before = filled_rows(len(mentions), count, -1)  # the nearest scope, -1 for none
    behind = filled_rows(len(mentions), count, -1)
    # Where scopes end that may not speak of anything outside a name.
    forward_ends, backward_starts = _column(forward, END), _column(backward, START)
    for sentence in range(len(sentences.starts)):
        _reach_forward(
            text, mentions, sentences.mentions[sentence], forward, forward_ends,
            sentences.forward[sentence], before,
        )  # fmt: skip
        _reach_backward(
            text, mentions, sentences.mentions[sentence], backward, backward_starts,
            sentences.backward[sentence], behind,
        )  # fmt: skip
        low, high = sentences.mentions[sentence]
        for mention in range(low, high):
            verdict = verdicts[mention]
            _begin(verdict, sentences.starts[sentence], count)
            if mentions[mention, HISTORY] >= 0:
                _add_history(verdict, mentions[mention, HISTORY], categories)
            for category in range(count):
                if before[mention, category] >= 0:
                    _add(verdict, forward[before[mention, category]], categories)
            for category in range(count):
                if behind[mention, category] >= 0:
                    _add(verdict, backward[behind[mention, category]], categories)
            _add_defaults(
                verdict, sentences.defaults[sentence], sentences.starts[sentence], categories
            )
    return verdicts


@inlined
def _column(scopes: Numbers, column: int) -> Numbers:
    """Return a copy of a column of scopes."""
    numbers = new_numbers(len(scopes))
    for at in range(len(scopes)):
        numbers[at] = scopes[at, column]
    return numbers


@inlined
def _reach_forward(
    text: Text,
    mentions: Numbers,
    own: Numbers,
    scopes: Numbers,
    ends: Numbers,
    bounds: Numbers,
    nearest: Numbers,
) -> None:
    """Note for each mention the nearest scope of each category before it that reaches it.

    A cue inside a name speaks of nothing outside it, and one that reaches a name reaches what
    stands inside it: with the diabetic foot ulcer goes the diabetes. A cue that ends inside a
    mention speaks of it: "never had" of "had a seizure".
    """
    waiting, last = bounds
    if waiting == last:
        return
    count = nearest.shape[1]
    stacks = new_rows(count, last - waiting)
    heights = filled_numbers(count, 0)
    reached = filled_numbers(count, -1)  # where the last name ends that was reached
    reached_by = new_numbers(count)
    longest_start = longest_end = -1  # of the names seen so far, the one that ends last
    for mention in range(own[0], own[1]):
        start, end = mentions[mention, MENTION_START], mentions[mention, MENTION_END]
        while waiting < last and _begins(scopes[waiting], start, end):
            scope = scopes[waiting]
            if longest_start <= scope[CUE_START] and scope[CUE_END] <= longest_end:
                # A word of a mention ("no-reflow") speaks of nothing outside it.
                ends[waiting] = lesser(ends[waiting], longest_end)
            category = scope[CATEGORY]
            stacks[category, heights[category]] = waiting
            heights[category] += 1
            waiting += 1
        naming = mentions[mention, NAMING]
        for category in range(count):
            stack, height = stacks[category], heights[category]
            # A scope that does not reach this mention reaches none of those behind it either.
            while height and not (
                start < ends[stack[height - 1]]
                and _near(text, scopes[stack[height - 1]], scopes[stack[height - 1], START], start)
            ):
                height -= 1
            heights[category] = height
            # One that spoke of a mention it ends in does not speak of the words of its own cue.
            while height and not _begins(scopes[stack[height - 1]], start, end):
                height -= 1
            if height:
                nearest[mention, category] = stack[height - 1]
                if naming and end > reached[category]:
                    reached[category], reached_by[category] = end, stack[height - 1]
            elif end <= reached[category]:
                nearest[mention, category] = reached_by[category]
        if naming and end > longest_end:
            longest_start, longest_end = start, end


@inlined
def _reach_backward(
    text: Text,
    mentions: Numbers,
    own: Numbers,
    scopes: Numbers,
    starts: Numbers,
    bounds: Numbers,
    nearest: Numbers,
) -> None:
    """Note for each mention the nearest scope of each category behind it that reaches it."""
    first, waiting = bounds
    if first == waiting:
        return
    count = nearest.shape[1]
    stacks = new_rows(count, waiting - first)
    heights = filled_numbers(count, 0)
    reached = filled_numbers(count, _FAR)  # where the last name begins that was reached
    reached_by = new_numbers(count)
    longest_start = longest_end = _FAR  # of the names seen so far, the one that begins first
    for mention in _from_the_last(mentions, own):
        start, end = mentions[mention, MENTION_START], mentions[mention, MENTION_END]
        while waiting > first and scopes[waiting - 1, END] >= end:
            waiting -= 1
            scope = scopes[waiting]
            if longest_start <= scope[CUE_START] and scope[CUE_END] <= longest_end:
                starts[waiting] = greater(starts[waiting], longest_start)
            category = scope[CATEGORY]
            stacks[category, heights[category]] = waiting
            heights[category] += 1
        naming = mentions[mention, NAMING]
        for category in range(count):
            stack, height = stacks[category], heights[category]
            while height and not (
                end > starts[stack[height - 1]]
                and _near(text, scopes[stack[height - 1]], end, scopes[stack[height - 1], END])
            ):
                height -= 1
            heights[category] = height
            if height:
                nearest[mention, category] = stack[height - 1]
                if naming and start < reached[category]:
                    reached[category], reached_by[category] = start, stack[height - 1]
            elif reached[category] < _FAR and start >= reached[category]:
                nearest[mention, category] = reached_by[category]
        if naming and (start < longest_start or (start == longest_start and end < longest_end)):
            longest_start, longest_end = start, end


@inlined
def _from_the_last(mentions: Numbers, own: Numbers) -> Numbers:
    """Return the mentions of a sentence from the one that ends last to the one that ends first."""
    order = new_numbers(own[1] - own[0])
    for place in range(len(order)):
        order[place] = own[0] + place
    for place in range(1, len(order)):  # nearly in order, and few
        moved, at = order[place], place
        while at and _is_before(mentions, order[at - 1], moved):
            order[at] = order[at - 1]
            at -= 1
        order[at] = moved
    return order


@inlined
def _is_before(mentions: Numbers, one: int, other: int) -> bool:
    """Tell whether a mention ends before another one or, ending with it, begins before it."""
    if mentions[one, MENTION_END] != mentions[other, MENTION_END]:
        return bool(mentions[one, MENTION_END] < mentions[other, MENTION_END])
    if mentions[one, MENTION_START] != mentions[other, MENTION_START]:
        return bool(mentions[one, MENTION_START] < mentions[other, MENTION_START])
    return one < other


@inlined
def _begins(scope: Numbers, start: int, end: int) -> bool:
    """Tell whether a forward scope begins before a mention, or its cue does and ends inside it."""
    if scope[START] <= start:
        return True
    return bool(scope[CUE_START] < start < scope[CUE_END] < end)


@inlined
def _near(text: Text, scope: Numbers, start: int, end: int) -> bool:
    """Tell whether no more words stand in between than the cue allows."""
    if scope[WITHIN] >= MAX_REACH:
        return True
    codes, kinds = text.codes, text.kinds
    if start < len(codes) and codes[start] == _SLASH:
        # "DVT/PE prophylaxis": one word, as it is written
        while start < end and codes[start] != _SPACE:
            start += 1
    while start < end and codes[start] in _PUNCTUATION:
        start += 1
    while end > start and codes[end - 1] in _PUNCTUATION:
        end -= 1
    words = 0
    for at in range(start, end):
        if not kinds[at] & BLANK and (at == start or kinds[at - 1] & BLANK):
            words += 1
    return bool(words <= scope[WITHIN])


@inlined
def _begin(verdict: Numbers, sentence_start: int, ranks: int) -> None:
    """Write the verdict on what no cue speaks of."""
    verdict[VERDICT_RANK] = ranks
    verdict[VERDICT_CUE_START] = verdict[VERDICT_CUE_END] = sentence_start
    verdict[VERDICT_DOUBT] = verdict[VERDICT_ROLES] = 0
    verdict[_WITHHELD_START] = verdict[_WITHHELD_END] = -1


@inlined
def _add(verdict: Numbers, scope: Numbers, categories: Numbers) -> None:
    """Let a scope that reaches a mention have its part in the verdict."""
    rank, doubt, role = categories[scope[CATEGORY]]
    if role & REPORTED:
        verdict[VERDICT_ROLES] |= REPORTED
        return
    if role & WITHHELD:
        verdict[_WITHHELD_START], verdict[_WITHHELD_END] = scope[CUE_START], scope[CUE_END]
        return
    if rank < verdict[VERDICT_RANK]:
        verdict[VERDICT_RANK] = rank
        verdict[VERDICT_CUE_START], verdict[VERDICT_CUE_END] = scope[CUE_START], scope[CUE_END]
    verdict[VERDICT_ROLES] |= role & ENDED
    verdict[VERDICT_DOUBT] = greater(verdict[VERDICT_DOUBT], doubt)


@inlined
def _add_history(verdict: Numbers, start: int, categories: Numbers) -> None:
    """Let the words of history that a mention ends with have their part."""
    for category in range(len(categories)):
        if categories[category, ROLE] & PAST:
            verdict[VERDICT_RANK] = categories[category, RANK]
    verdict[VERDICT_CUE_START] = verdict[VERDICT_CUE_END] = start


@inlined
def _add_defaults(
    verdict: Numbers, defaults: Numbers, sentence_start: int, categories: Numbers
) -> None:
    """Let the section have its part; of a cue in a section of its own kind the cue is shown."""
    for category in defaults:
        if category < 0:
            return
        rank, doubt, role = categories[category]
        if role & REPORTED:
            verdict[VERDICT_ROLES] |= REPORTED
        elif rank < verdict[VERDICT_RANK]:
            verdict[VERDICT_RANK] = rank
            verdict[VERDICT_CUE_START] = verdict[VERDICT_CUE_END] = sentence_start
            verdict[VERDICT_ROLES] |= role & ENDED
            if doubt:
                verdict[VERDICT_DOUBT] = doubt
