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
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

_RUNS = re.compile(r"  +")
_NO_CUT = (1 << 62, 0)


class Hit(NamedTuple):
    """A pattern, by its place in the list, at ``start`` to ``end`` (exclusive) of the text."""

    pattern: int
    start: int
    end: int


_new = tuple.__new__  # what the class would call; hits are made by the hundred for each note


class FoldedText:
    """A text with case, hyphens, apostrophes and white-space runs folded for matching.

    ``text`` is what is searched; :meth:`original` maps its offsets back. Where nothing was
    removed, the mapping is the identity and costs nothing.
    """

    __slots__ = ("_cuts", "_shifts", "text")

    def __init__(self, original: str) -> None:
        text = fold_characters(original)
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
    def cuts(self) -> Iterable[tuple[int, int]]:
        """Where characters were removed, and by how much offsets differ from there on."""
        return zip(self._cuts, self._shifts, strict=True)

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return a stretch of ``text`` as offsets of the original text, end exclusive."""
        cuts = self._cuts
        if not cuts or (start < cuts[0] and end <= cuts[0]):
            return start, end
        first, last = bisect_right(cuts, start), bisect_right(cuts, end - 1)
        return (
            start + self._shifts[first - 1] if first else start,
            end + self._shifts[last - 1] if last else end,
        )


def fold_characters(text: str) -> str:
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


@lru_cache(maxsize=1 << 17)
def fold_pattern(pattern: str) -> str:
    """Return a pattern as it must be given to the automaton."""
    return _RUNS.sub(" ", fold_characters(pattern)).strip()


class _Pattern(NamedTuple):
    """How a pattern must stand, and whose it is.

    A boundary is only asked for where the pattern itself begins or ends with a word character:
    ">= 3" and "(+)" stand against anything. ``plural`` are the owners if an -s follows.
    """

    opens: bool
    closes: bool
    owners: tuple[tuple[int, int], ...]
    plural: tuple[tuple[int, int], ...]


class Gate:
    """An automaton over the patterns of one or several readers.

    Args:
        parts: for each reader its phrases in any case; the ``pattern`` of a hit is its place in
            its part. Phrases that fold to the same characters are each reported.
        plurals: the phrases of the first part are also found with a plural -s behind them.
    """

    def __init__(self, *parts: Sequence[str], plurals: bool = False) -> None:
        by_text: dict[str, list[tuple[int, int]]] = {}
        for part, patterns in enumerate(parts):
            for index, pattern in enumerate(patterns):
                folded = fold_pattern(pattern)
                if not folded:
                    raise ValueError(f"pattern {index} is empty")
                by_text.setdefault(folded, []).append((part, index))
        self._parts = len(parts)
        self._patterns = [
            _Pattern(
                text[0].isalnum(),
                text[-1].isalnum(),
                tuple(owners),
                tuple(o for o in owners if o[0] == 0) if plurals and _takes_plural(text) else (),
            )
            for text, owners in by_text.items()
        ]
        self._automaton = AhoCorasick(
            list(by_text) or ["\x00"],
            matchkind=MatchKind.Standard,
            implementation=Implementation.ContiguousNFA,
            store_patterns=False,
        )

    def find(self, text: str) -> list[Hit]:
        """Return the hits of the first part; see :meth:`deal`."""
        return self.deal(text)[0]

    def deal(self, text: str) -> list[list[Hit]]:
        """Return for each part the hits on word boundaries, by start, longest first."""
        folded = FoldedText(text)
        found = self._on_boundaries(folded.text)
        found.sort()
        dealt: list[list[Hit]] = [[] for _ in range(max(self._parts, 1))]
        cuts = iter(folded.cuts)
        shift, (cut, next_shift) = 0, next(cuts, _NO_CUT)
        for start, minus_end, owners in found:
            while start >= cut:
                shift, (cut, next_shift) = next_shift, next(cuts, _NO_CUT)
            begin, end = start + shift, shift - minus_end
            if cut < -minus_end:
                begin, end = folded.original(start, -minus_end)
            for part, index in owners:
                dealt[part].append(_new(Hit, (index, begin, end)))
        return dealt

    def _on_boundaries(self, folded: str) -> list[tuple[int, int, tuple[tuple[int, int], ...]]]:
        """Return start, minus end and owners of the matches that are no parts of words."""
        # The blank stands behind the last character and, as item -1, before the first.
        text = folded + " "
        patterns = self._patterns
        found = []
        for number, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            opens, closes, owners, plural = patterns[number]
            if opens and text[start - 1].isalnum():
                continue
            if closes and text[end].isalnum():
                if not plural or text[end] != "s" or text[end + 1].isalnum():
                    continue
                owners = plural
                end += 1
            found.append((start, -end, owners))
        return found


def _takes_plural(text: str) -> bool:
    """Short words would become other words."""
    return len(text) > 2 and text[-1].isalpha() and text[-1] != "s"
