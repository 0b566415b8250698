"""Mentions by the sentences that hold them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from cdi.domain.reading import Sentence
from cdi.nlp.scopes import Question, Scope, Span

_FAR = 1 << 62


class MentionGroups(NamedTuple):
    """Mentions in the order of the text, grouped by sentence.

    Attributes:
        places: which mention it is at each place; those before all sentences are left out.
        mentions: a row for each, as :mod:`cdi.nlp.loops.reach` takes it.
        questions: the sentences that hold some.
        bounds: from which to which place the mentions of each of these stand.
    """

    places: list[int]
    mentions: list[tuple[int, int, bool, int]]
    questions: list[Question]
    bounds: list[tuple[int, int]]


def group_mentions(
    sentences: Sequence[Sentence],
    spans: Sequence[Span],
    names: Collection[Span],
    histories: Mapping[int, int],
    carried: Mapping[int, Sequence[Scope]],
) -> MentionGroups:
    """Group mentions by sentence.

    Args:
        sentences: of the note, in order.
        spans: start and end of each mention, in any order.
        names: those that name something.
        histories: where the cues of history start, by where they end.
        carried: what reaches into sentences from above, by number of the sentence.
    """
    starts = [sentence[0] for sentence in sentences]
    groups = MentionGroups([], [], [], [])
    places, mentions = groups.places, groups.mentions
    number, first, first_end, last_start, following = -1, 0, 0, 0, starts[0] if starts else _FAR

    def close() -> None:
        if first < len(places):
            begin, end, _ = sentences[number]
            above = carried.get(number, ())
            groups.questions.append(Question(begin, end, first_end, last_start, above))
            groups.bounds.append((first, len(places)))

    for place in sorted(range(len(spans)), key=spans.__getitem__):
        start, end = span = spans[place]
        if start >= following:
            close()
            number, first, first_end = bisect_right(starts, start) - 1, len(places), end
            following = starts[number + 1] if number + 1 < len(starts) else _FAR
        if number < 0:
            continue
        first_end, last_start = min(first_end, end), start
        history = histories.get(end, -1)
        places.append(place)
        mentions.append((start, end, span in names, history if history >= start else -1))
    close()
    return groups
