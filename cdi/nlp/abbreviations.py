"""Which meaning a short form has: as defined in the note, or told by its neighbours."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cdi.domain.reading import Abbreviation, Section, Sentence
from cdi.rules.abbreviations import AbbreviationPack, Sense

if TYPE_CHECKING:
    from spacy.language import Language

# "(AKI)" or "AKI (acute ...": without one of these nothing is defined and no Doc is made.
_SHORT_FORM = re.compile(r"\((?P<short>[A-Z][A-Za-z/&-]{1,7})\)")
_LONG_FORM = re.compile(r"\((?<=[A-Z]\s\()[a-z]{4,}[a-z ,-]+\)")
_CAPITALS = re.compile(r"\b[A-Z]{2,7}\s\Z")
_LONGEST_SHORT = 8  # with the blank
# Long forms are looked for this far before the bracket.
_LONGEST = 100


class AbbreviationReader:
    """Reads definitions with scispaCy's detector (Schwartz and Hearst 2003) and weighs senses."""

    def __init__(self, pack: AbbreviationPack) -> None:
        self._senses = {
            short: tuple((sense, _pattern(sense.near)) for sense in senses)
            for short, senses in pack.abbreviations.items()
        }
        self.longest = max(map(len, self._senses), default=0)
        """Characters of the longest short form of the shared list."""
        self._detector: Language | None = None

    def definitions(self, text: str, sentences: Sequence[Sentence]) -> tuple[Abbreviation, ...]:
        """Return the short forms the note defines itself.

        Only the sentences that may hold a definition are made into spaCy documents.
        """
        places = [bracket for bracket in _brackets(text) if _defines(text, bracket)]
        if not places:
            return ()
        starts = [sentence.start for sentence in sentences]
        defining = dict.fromkeys(bisect_right(starts, place) - 1 for place in places)
        return tuple(
            found for number in defining for found in self._detect(text, sentences[max(number, 0)])
        )

    def _detect(self, text: str, sentence: Sentence) -> Iterator[Abbreviation]:
        doc = self._language()(clean(text[sentence.start : sentence.end]))
        at = sentence.start
        for short in sorted(doc._.abbreviations):  # the detector keeps them in no order
            long = short._.long_form
            yield Abbreviation(
                at + short.start_char, at + short.end_char, at + long.start_char, at + long.end_char
            )

    def _language(self) -> Language:
        if self._detector is None:
            import spacy
            from scispacy.abbreviation import AbbreviationDetector  # noqa: F401  registers itself

            self._detector = spacy.blank("en")
            detector = self._detector.add_pipe("abbreviation_detector")
            # spaCy warns of a matcher without patterns; this one matches nothing a note can hold.
            detector.global_matcher.add("", [[{"ORTH": "\x00"}]])  # type: ignore[attr-defined]
        return self._detector

    def sense(
        self, text: str, start: int, end: int, sentence: Sentence, section: Section
    ) -> Sense | None:
        """Return the meaning of a short form of the shared list, None if it is not on it.

        Words of its sentence decide first, then the section, then the commonest meaning.
        """
        senses = self._senses.get(text[start:end])
        if senses is None:
            return None
        for sense, near in senses:
            if near is not None and near.search(text, sentence.start, sentence.end):
                return sense
        for sense, _ in senses:
            if section.kind in sense.sections:
                return sense
        return senses[0][0]


def _brackets(text: str) -> Iterator[int]:
    """Yield where brackets open; most notes have few."""
    bracket = text.find("(")
    while bracket >= 0:
        yield bracket
        bracket = text.find("(", bracket + 1)


def _defines(text: str, bracket: int) -> bool:
    """Tell whether a bracket may hold a short or a long form."""
    short = _SHORT_FORM.match(text, bracket)
    if short is not None and _may_define(text, short):
        return True
    long = _LONG_FORM.match(text, bracket)
    return long is not None and _stands_behind_short(text, long)


def _may_define(text: str, match: re.Match[str]) -> bool:
    """Tell whether a word before "(AKI)" begins with its first letter; most brackets fail here."""
    short = match["short"]
    before = text[max(0, match.start() - _LONGEST) : match.start()].lower()
    return any(word.startswith(short[0].lower()) for word in before.split()[-len(short) - 5 :])


def _stands_behind_short(text: str, match: re.Match[str]) -> bool:
    """Tell whether capitals stand before a bracket: "AKI (acute kidney injury)"."""
    start = match.start()
    return _CAPITALS.search(text, max(0, start - _LONGEST_SHORT), start) is not None


def _pattern(words: Sequence[str]) -> re.Pattern[str] | None:
    if not words:
        return None
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b", re.IGNORECASE)


def clean(text: str) -> str:
    """Replace what a spaCy document cannot hold, one code point for one, so that offsets stay."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text)
