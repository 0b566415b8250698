"""Which kind of section the words of a heading open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from cdi.nlp.loops import labels
from cdi.nlp.loops.kinds import code_points
from cdi.nlp.loops.words import WordTable, word_table
from cdi.rules.sections import SectionKind, SectionPack, fold_heading

SYSTEM = "(system)"
"""What :meth:`HeadingIndex.find` gives for an organ system, which is no kind of its own."""

NO_HEADING = "(none)"
"""What it gives for words that open nothing."""

_PARTS = re.compile(r"/|,| and ")
_LONGEST_AFFIX = 4  # words in the longest `beginnings` or `endings` entry
_AND = "and"  # as `fold_heading` writes "&"
_SMALL_WORDS = (
    "a", "an", "and", "at", "by", "for", "in", "of", "on", "or", "the", "to", "&", "/"
)  # fmt: skip
# "... rales at the base. Assessment: Pneumonia."
_WORDS_IN_A_PARAGRAPH = (
    "Assessment", "Diagnosis", "Diagnoses", "Impression", "Plan", "Recommendation",
    "Recommendations",
)  # fmt: skip
# One of these ends every name of an old record.
_RECORDS = (
    "summary", "summaries", "record", "records", "note", "notes", "discharge", "admission",
    "admissions",
)  # fmt: skip
# "COPIED FORWARD 2022 DC SUMMARY:": what it told was of then.
_OLD_RECORD = re.compile(
    r"\b(?:prior|previous|old|outside)\b.*\b(?:summary|summaries|records?|discharge|admissions?)\b"
    r"|\b(?:copied|copy|pasted|summary|records?)\b.*\b(?:19|20)[0-9]{2}\b.*"
    r"\b(?:summary|records?|notes?|discharge|admission)\b",
    re.IGNORECASE,
)


class HeadingIndex:
    """All headings of a pack, for look-up by the words of a heading.

    Attributes:
        known: the listed headings, folded, and what :meth:`find` gives for each.
        table: what the loops that look for headings know of words.
        conjunction: what "&" stands for in these.
    """

    def __init__(self, pack: SectionPack) -> None:
        kinds = pack.kinds
        self._listed = _owners(kinds, {name: kind.headings for name, kind in kinds.items()})
        self._listed.update(dict.fromkeys(map(fold_heading, pack.systems.headings), SYSTEM))
        self._listed.update(dict.fromkeys(map(fold_heading, pack.no_headings), NO_HEADING))
        self._beginnings = _owners(kinds, {name: kind.beginnings for name, kind in kinds.items()})
        self._endings = _owners(kinds, {name: kind.endings for name, kind in kinds.items()})
        self._titles = _owners(kinds, {name: kind.titles for name, kind in kinds.items()})
        self.known = tuple(self._listed.items())
        self.table = self._table()
        # Loops are compiled anew for an array that cannot be written to, as this one could be once
        # it is sent to another process.
        self.conjunction = code_points(_AND).copy()

    def _table(self) -> WordTable:
        uses: dict[str, int] = {}
        for use, words in self._uses():
            for word in words:
                uses[word] = uses.get(word, 0) | use
        numbers = {word: number for number, word in enumerate(self._listed)}
        for word in self._listed:
            folded = fold_heading(word)
            if folded != word:  # what is in brackets in brackets: "x (a (b) c) y"
                uses[folded] = uses.get(folded, 0) | labels.HEADING
                numbers[folded] = labels.UNCERTAIN
        return word_table({word: (use, numbers.get(word, 0)) for word, use in uses.items()})

    def _uses(self) -> Iterator[tuple[int, Iterable[str]]]:
        yield labels.HEADING, self._listed
        yield labels.BEGINS, self._beginnings
        yield labels.ENDS, self._endings
        yield labels.TITLE, self._titles
        yield labels.SMALL_WORD, _SMALL_WORDS
        yield labels.IN_A_PARAGRAPH, _WORDS_IN_A_PARAGRAPH
        yield labels.RECORD, _RECORDS

    def find(self, label: str) -> str | None:
        """Return the kind that lists this heading, :data:`SYSTEM`, :data:`NO_HEADING`, or None."""
        return self._listed.get(label.lower()) or self._listed.get(fold_heading(label))

    def derive(self, label: str) -> str | None:
        """Return the kind of an unlisted heading by its first words, last words or parts."""
        key = fold_heading(label)
        words = key.split()
        return (
            _by_first_words(words, self._beginnings)
            or _by_last_words(words, self._endings)
            or self._by_parts(key)
        )

    def title(self, line: str) -> str | None:
        """Return the kind a note's first line puts the whole note under, or None.

        A title begins the line ("CT HEAD WITHOUT CONTRAST"); one of several words may also end it
        ("CCU NURSING NOTE").
        """
        words = fold_heading(line).split()
        return _by_first_words(words, self._titles) or _by_last_words(words, self._titles, 2)

    def _by_parts(self, key: str) -> str | None:
        """Return the kind of the first part of "this/that", if it is listed."""
        parts = [self._listed.get(part.strip()) for part in _PARTS.split(key)]
        if parts[0] == NO_HEADING or (parts[0] == SYSTEM and set(parts) != {SYSTEM}):
            return None
        return parts[0]


def is_capitalised(label: str) -> bool:
    """Tell whether every word but small ones begins with a capital ("Reason for Visit")."""
    words = label.split()
    return bool(words) and all(w[0].isupper() or w in _SMALL_WORDS for w in words)


def names_old_record(label: str) -> bool:
    """Tell whether what was copied from an old record stands under a heading."""
    return _OLD_RECORD.search(label) is not None


def _owners(kinds: Mapping[str, SectionKind], lists: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {fold_heading(heading): name for name in kinds for heading in lists[name]}


def _by_first_words(words: list[str], owners: Mapping[str, str]) -> str | None:
    for count in range(min(_LONGEST_AFFIX, len(words)), 0, -1):
        owner = owners.get(" ".join(words[:count]))
        if owner is not None:
            return owner
    return None


def _by_last_words(words: list[str], owners: Mapping[str, str], fewest: int = 1) -> str | None:
    for count in range(min(_LONGEST_AFFIX, len(words)), fewest - 1, -1):
        owner = owners.get(" ".join(words[-count:]))
        if owner is not None:
            return owner
    return None
