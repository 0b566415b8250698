"""Copy-forward: words of a note that an earlier note of the stay already holds.

A repeated sentence is no new observation and no new opinion: what stands in it was said when it
was first written. Words are compared in runs of a few at a time within a sentence, so that one
with a number changed is recognised as a copy around the number, and the number as new; a sentence
of which much was changed is new.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from cdi.domain.encounter import Note, Role
from cdi.domain.reading import Attachment, Mention, Reading

_WORD = re.compile(r"\w+(?:[./%-]\w+)*")
# "3." or "#" before an item of a list changes while the item is copied.
_ITEM = re.compile(r"\s*(?:\d{1,2}[.)]|[#*•-])\s*")
_SENTENCE_END = re.compile(r"(?<=[a-z0-9)][.!?]) +(?=[A-Z])")
# Who changes more than this share of the words of a sentence writes a new one.
_LEAST_COPIED = 0.75
# Six words in a row are rarely the same by chance; a shorter sentence is compared as a whole.
_RUN = 6
_SHORTEST = 3


class Copied(NamedTuple):
    """A stretch of a note that repeats an earlier one by an author of ``role``."""

    start: int
    end: int
    role: Role


class _Sentence(NamedTuple):
    """The words of a sentence, and where each begins and ends."""

    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


class CopyFinder:
    """Remembers the wording of the notes of one stay."""

    def __init__(self) -> None:
        self._seen: dict[int, Role] = {}

    def take(self, note: Note) -> tuple[Copied, ...]:
        """Return the copied stretches of a note, in order, and remember its wording.

        Notes are to be given in the order in which they were written.
        """
        copied: list[Copied] = []
        new: dict[int, Role] = {}
        for sentence in _sentences(note.text):
            keys = _runs(sentence.words)
            roles = [self._seen.get(key) for key in keys]
            new.update((key, note.role) for key, role in zip(keys, roles, strict=True) if not role)
            if any(roles):
                copied += _repeated(sentence, roles)
        self._seen |= new
        return tuple(copied)


def _repeated(sentence: _Sentence, roles: Sequence[Role | None]) -> list[Copied]:
    """Return the copied stretches of a sentence; none if much of it is new.

    ``roles`` tells of each run whose words it repeats, None if nobody's.
    """
    spans: list[tuple[int, int, Role]] = []
    long = min(_RUN, len(sentence.words))
    for first, role in enumerate(roles):
        if role is None:
            continue
        last = first + long - 1
        if spans and spans[-1][2] is role and first <= spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], last, role)
        else:
            spans.append((first, last, role))
    known = sum(last - first + 1 for first, last, _ in spans)
    if known < _LEAST_COPIED * len(sentence.words):
        return []
    places = sentence.spans
    return [Copied(places[first][0], places[last][1], role) for first, last, role in spans]


def _sentences(text: str) -> Iterator[_Sentence]:
    at = 0
    for line in text.splitlines(keepends=True):
        item = _ITEM.match(line)
        begin = item.end() if item else 0
        ends = [match.start() for match in _SENTENCE_END.finditer(line, begin)]
        for start, end in pairwise([begin, *ends, len(line)]):
            found = list(_WORD.finditer(text, at + start, at + end))
            if len(found) >= _SHORTEST:
                words = tuple([match[0].casefold() for match in found])
                yield _Sentence(words, tuple([match.span() for match in found]))
        at += len(line)


def _runs(words: tuple[str, ...]) -> list[int]:
    """Return the key of each run, by its first word; a short sentence is one run."""
    return [hash(words[first : first + _RUN]) for first in range(max(len(words) - _RUN, 0) + 1)]


def fresh(note: Note, reading: Reading, copied: Sequence[Copied]) -> Reading:
    """Return a reading without what is copied from an author of the same role.

    A report copied into a provider's note stays what it was: the words of a report. What a
    provider takes over from a nurse or dietitian he says himself from then on, and the summary at
    the end of a stay concludes, in whatever words.
    """
    if not copied:
        return reading
    repeated = [span for span in copied if span.role is note.role]
    same = [] if _summary(note) else repeated
    reports = [
        span
        for span in copied
        if span.role is not note.role and span.role in (Role.RADIOLOGY, Role.PATHOLOGY)
    ]
    kept = {
        place: number
        for number, place in enumerate(
            place
            for place, mention in enumerate(reading.mentions)
            if not _within(mention.start, mention.end, same)
        )
    }
    mentions = tuple(
        mention._replace(reported=True) if _within(mention.start, mention.end, reports) else mention
        for mention in (reading.mentions[place] for place in kept)
    )
    attachments = tuple(
        Attachment(kept[a.mention], kept[a.value])
        for a in reading.attachments
        if a.mention in kept and a.value in kept
    )
    values = tuple(
        m
        for m in reading.measurements
        if not _within(m.start, m.end, repeated) and not _within(m.start, m.end, reports)
    )
    return reading._replace(mentions=mentions, attachments=attachments, measurements=values)


def _summary(note: Note) -> bool:
    kind = note.kind.casefold()
    return "discharge" in kind or "transfer summary" in kind


def dropped(reading: Reading, kept: Reading) -> Iterator[Mention]:
    """Yield the mentions of a reading that :func:`fresh` left out."""
    places = {(mention.start, mention.end) for mention in kept.mentions}
    return (m for m in reading.mentions if (m.start, m.end) not in places)


def _within(start: int, end: int, spans: Sequence[Copied]) -> bool:
    place = bisect_right(spans, start, key=lambda span: span.start) - 1
    return place >= 0 and end <= spans[place].end
