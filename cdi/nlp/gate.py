"""One multi-pattern pass over the raw text for every term, cue and analyte.

Tokenising a whole note costs more than everything else together, and three sentences in four hold
nothing of interest, so the gate works on characters: it folds the text (case, hyphens, runs of
white space), runs one Aho-Corasick automaton over it and gives hits in offsets of the original
text. All overlapping hits are found before word boundaries are checked; the longest-first
automata of other tools lose true hits behind longer ones that end inside a word.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

_RUNS = re.compile(r"  +")


class Hit(NamedTuple):
    """A pattern, by its place in the list, at ``start`` to ``end`` (exclusive) of the text."""

    pattern: int
    start: int
    end: int


class FoldedText:
    """A text with case, hyphens, apostrophes and white-space runs folded for matching.

    ``text`` is what is searched; :meth:`original` maps its offsets back. Where nothing was
    removed, the mapping is the identity and costs nothing.
    """

    __slots__ = ("_cuts", "_shifts", "text")

    def __init__(self, original: str) -> None:
        text = _fold_characters(original)
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

    @property
    def shifted(self) -> bool:
        """True if offsets differ from those of the original text."""
        return bool(self._cuts)

    def original(self, offset: int) -> int:
        """Return the offset in the original text of an offset in ``text``."""
        if not self._cuts:
            return offset
        at = bisect_right(self._cuts, offset)
        return offset + self._shifts[at - 1] if at else offset


def _fold_characters(text: str) -> str:
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


def fold_pattern(pattern: str) -> str:
    """Return a pattern as it must be given to the automaton."""
    return _RUNS.sub(" ", _fold_characters(pattern)).strip()


class Gate:
    """An automaton over many patterns.

    Args:
        patterns: phrases in any case; the ``pattern`` of a hit is its place in this sequence.
            Phrases that fold to the same characters are each reported.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        by_text: dict[str, list[int]] = {}
        for index, pattern in enumerate(patterns):
            folded = fold_pattern(pattern)
            if not folded:
                raise ValueError(f"pattern {index} is empty")
            by_text.setdefault(folded, []).append(index)
        self._owners = [tuple(indexes) for indexes in by_text.values()]
        # A boundary is only asked for where the pattern itself begins or ends with a word
        # character: ">= 3" and "(+)" stand against anything.
        self._open = [(t[0].isalnum(), t[-1].isalnum()) for t in by_text]
        self._automaton = AhoCorasick(
            list(by_text) or ["\x00"],
            matchkind=MatchKind.Standard,
            implementation=Implementation.ContiguousNFA,
            store_patterns=False,
        )

    def find(self, text: str) -> list[Hit]:
        """Return all hits that stand on word boundaries, ordered by start, longest first."""
        folded = FoldedText(text)
        searched, last = folded.text, len(folded.text)
        original = folded.original if folded.shifted else None
        hits: list[Hit] = []
        for found, start, end in self._automaton.find_matches_as_indexes(
            searched, overlapping=True
        ):
            left, right = self._open[found]
            if left and start and searched[start - 1].isalnum():
                continue
            if right and end < last and searched[end].isalnum():
                continue
            if original is not None:
                start, end = original(start), original(end - 1) + 1
            for index in self._owners[found]:
                hits.append(Hit(index, start, end))
        hits.sort(key=_reading_order)
        return hits


def _reading_order(hit: Hit) -> tuple[int, int]:
    return hit.start, -hit.end
