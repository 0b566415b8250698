"""The gate: one pass over the raw text for every term, cue and analyte.

Tokenising a whole note costs more than everything else together, and three sentences in four hold
nothing of interest, so the gate works on characters: it folds the text (case, hyphens, runs of
white space), looks for all phrases at once (:mod:`cdi.nlp.phrase_table`) and gives hits in offsets
of the original text. All overlapping hits are given; what hides what is for the readers to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise, repeat
from typing import NamedTuple

import numpy as np
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from cdi.nlp.characters import LETTER_OR_DIGIT, Array, Mask, code_points
from cdi.nlp.joined import JoinedTexts
from cdi.nlp.phrase_table import PhraseTable

_RUNS = re.compile(r"  +")
_BLANK = ord(" ")


class Hit(NamedTuple):
    """A pattern, by its place in the list, at ``start`` to ``end`` (exclusive) of the text."""

    pattern: int
    start: int
    end: int


class HitColumns(NamedTuple):
    """Hits in columns, by start, longest first.

    Most hits of a note are of no consequence; those that are become records.
    """

    patterns: Array
    starts: Array
    ends: Array

    def rows(self) -> Iterator[tuple[int, int, int]]:
        """Yield pattern, start and end of each hit."""
        return zip(self.patterns.tolist(), self.starts.tolist(), self.ends.tolist(), strict=True)

    def hits(self) -> list[Hit]:
        """Return the hits as records."""
        return list(map(_new, repeat(Hit), self.rows()))

    def hits_by_text(self, texts: JoinedTexts) -> list[list[Hit]]:
        """Return the hits in joined texts as records of each of them."""
        return [
            HitColumns(self.patterns[a:b], self.starts[a:b] - start, self.ends[a:b] - start).hits()
            for start, a, b in texts.stretches(self.starts)
        ]


_new = tuple.__new__  # what the class would call; hits are made by the hundred for each note


class FoldedText:
    """A text with case, hyphens, apostrophes and white-space runs folded for matching.

    Attributes:
        codes: the code points of what is searched, and of a blank behind it.
        places: where each of them stands in the original.
    """

    __slots__ = ("codes", "places")

    def __init__(self, original: str) -> None:
        codes = _folded_codes(original)
        blank = codes == _BLANK
        kept = ~blank
        kept[0] = True
        kept[1:] |= ~blank[:-1]
        self.places: Array = np.flatnonzero(kept)
        self.codes: Array = codes[self.places]

    @property
    def text(self) -> str:
        """What is searched, and a blank behind it."""
        coding = "ascii" if self.codes.dtype == np.uint8 else "utf-32-le"
        return self.codes.tobytes().decode(coding)

    def originals(self, starts: Array, ends: Array) -> tuple[Array, Array]:
        """Return stretches of the text as offsets of the original, ends exclusive."""
        return self.places[starts], self.places[ends - 1] + 1


def _folded_codes(text: str) -> Array:
    if text.isascii():  # six times as fast
        return np.frombuffer((text.encode() + b" ").translate(_ASCII_FOLDS), dtype=np.uint8)
    return code_points(fold_characters(text) + " ")


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
_ASCII_FOLDS = fold_characters("".join(map(chr, range(128)))).encode().ljust(256)


@lru_cache(maxsize=1 << 17)
def fold_pattern(pattern: str) -> str:
    """Return a pattern as it must be given to the automaton."""
    if pattern.isascii():
        folded = pattern.encode().translate(_ASCII_FOLDS).decode()
    else:
        folded = fold_characters(pattern)
    return (_RUNS.sub(" ", folded) if "  " in folded else folded).strip()


class Gate:
    """The phrases of one or several readers, looked for at once.

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
        for text in [*by_text] if plurals else ():
            singular = [owner for owner in by_text[text] if owner[0] == 0]
            if singular and _takes_plural(text):
                by_text.setdefault(text + "s", []).extend(singular)
        words: list[str] = []
        signs: list[str] = []
        for text in by_text:
            (words if text[0].isalnum() and text[-1].isalnum() else signs).append(text)
        self._words = PhraseTable(words)
        self._signs = _Signs(signs)
        longest = max(map(len, by_text), default=0)
        owners = [by_text[text] for text in (*words, *signs)]
        self._owners = _Owners(owners, [len(part) for part in parts], longest)
        self._first_sign = len(words)

    def find(self, text: str) -> list[Hit]:
        """Return the hits of the first part; see :meth:`deal`."""
        return self.deal(text)[0].hits()

    def deal(self, text: str) -> list[HitColumns]:
        """Return for each part the hits on word boundaries, by start, longest first."""
        folded = FoldedText(text)
        in_word = LETTER_OR_DIGIT.mask(folded.codes)
        numbers, starts, ends = self._words.find(folded.codes, in_word)
        signs = self._signs.find(folded.text, in_word)
        if len(signs[0]):
            numbers = np.concatenate((numbers, signs[0] + self._first_sign))
            starts, ends = np.concatenate((starts, signs[1])), np.concatenate((ends, signs[2]))
        rows, owners = self._owners.of(numbers)
        starts, ends = starts[rows], ends[rows]
        order = np.argsort(self._owners.places(owners, starts, ends))
        owners = owners[order]
        starts, ends = folded.originals(starts[order], ends[order])
        firsts = self._owners.firsts
        bounds = np.searchsorted(owners, firsts).tolist()
        return [
            HitColumns(owners[low:high] - first, starts[low:high], ends[low:high])
            for first, (low, high) in zip(firsts.tolist(), pairwise(bounds), strict=False)
        ]


class _Signs:
    """The few patterns that begin or end with a sign: ">= 3" and "(+)" stand against anything.

    A boundary is only asked for where the pattern itself begins or ends with a word character.
    All overlapping matches are found before boundaries are checked; the longest first would hide
    true ones behind longer ones that end inside a word.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        self._opens = [pattern[0].isalnum() for pattern in patterns]
        self._closes = [pattern[-1].isalnum() for pattern in patterns]
        self._automaton = AhoCorasick(
            patterns or ["\x00"], matchkind=MatchKind.Standard, implementation=Implementation.DFA
        )

    def find(self, text: str, in_word: Mask) -> Array:
        """Return number, start and end of every pattern, as three rows."""
        kept = [
            match
            for match in self._automaton.find_matches_as_indexes(text, overlapping=True)
            if self._opens and self._stands(*match, in_word)
        ]
        return np.array(kept, dtype=np.int64).reshape(-1, 3).T

    def _stands(self, number: int, start: int, end: int, in_word: Mask) -> bool:
        goes_on = start > 0 and self._opens[number] and in_word[start - 1]
        return not (goes_on or (self._closes[number] and in_word[end : end + 1].any()))


class _Owners:
    """Whose each pattern is; several may own one.

    The patterns of all parts are numbered through: the owner ``firsts[part] + index`` stands for
    a pattern of a part.

    Args:
        owners: of each pattern its (part, index in the part).
        sizes: of the parts.
        longest: code points of the longest pattern.
    """

    def __init__(
        self, owners: Sequence[Sequence[tuple[int, int]]], sizes: Sequence[int], longest: int
    ) -> None:
        self.firsts: Array = np.cumsum([0, *sizes])
        self._counts = np.array([len(of_one) for of_one in owners], dtype=np.int64)
        self._first = np.cumsum(self._counts) - self._counts
        firsts = self.firsts.tolist()
        flat = [firsts[part] + index for of_one in owners for part, index in of_one]
        self._owners = np.array(flat, dtype=np.int64)
        self._part = np.repeat(np.arange(len(sizes)), sizes) << _PART_AT
        self._longest = longest
        self._length_at = sum(sizes).bit_length()
        self._start_at = self._length_at + longest.bit_length()

    def of(self, numbers: Array) -> tuple[Array, Array]:
        """Return row of ``numbers`` and owner for every owner of every number."""
        counts = self._counts[numbers]
        rows = np.repeat(np.arange(len(numbers)), counts)
        before = np.cumsum(counts) - counts
        at = np.arange(len(rows)) + (self._first[numbers] - before)[rows]
        return rows, self._owners[at]

    def places(self, owners: Array, starts: Array, ends: Array) -> Array:
        """Return numbers that sort by part, start, length (the longest first) and index."""
        shorter = self._longest - (ends - starts)
        place = starts << self._start_at | shorter << self._length_at | owners
        ordered: Array = self._part[owners] | place
        return ordered


_PART_AT = 60  # bit of a place where the number of the part begins


def _takes_plural(text: str) -> bool:
    """Short words would become other words."""
    return len(text) > 2 and text[-1].isalpha() and text[-1] != "s"
