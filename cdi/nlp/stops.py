"""Full stops that end a sentence, and those that do not.

English sentence splitting fails in notes on abbreviations ("40 mg p.o. b.i.d."), initials
("H. pylori", "Dr. X. The patient ..."), doubtful diagnoses ("?pneumonia") and the numbers of
lists. The lists below are of spelling, not of medicine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from cdi.nlp.characters import BLANK, CAPITAL, LETTER, Array, Kind, Mask
from cdi.nlp.joined import APART, JoinedTexts

_MARK = Kind(".!?".__contains__)
# What stands right behind a stop where a sentence may begin without a blank, or after more signs.
_TIGHT = Kind(lambda character: character in ".!?)]\"'\u201d\u2019*," or "A" <= character <= "Z")
_STOP = re.compile(r"[.!?]++[)\]\"'\u201d\u2019*]*(?:\s+|,(?=[A-Z0-9])|(?=[A-Z][a-z]))")
_LONGEST_WORD = 16
_OPENERS = "(\"'[\u201c\u2018"
_VOWEL = re.compile(r"[aeiouy]")

_TITLES = frozenset({"dr", "drs", "mr", "mrs", "ms", "prof", "st", "messrs", "rev", "capt"})
# Something always follows these.
_NEVER_LAST = _TITLES | {
    "vs", "v", "e.g", "eg", "i.e", "ie", "approx", "cf", "viz", "fig", "figs", "mt", "resp", "incl",
    "esp", "aka", "a.k.a", "vit",
}  # fmt: skip
_BITS = 21  # of a code point
# The last three letters of these, the last of them first, as they are packed into one number.
_ENDINGS = np.array(
    [
        ord(word[-1]) << 2 * _BITS | ord(word[-2]) << _BITS | ord(word[-3])
        for word in _NEVER_LAST
        if word[-3:].isalpha() and len(word) > 2
    ]
)
# These may stand last; then a capital follows.
_MAYBE_LAST = frozenset({
    "pt", "pts", "etc", "jr", "sr", "inc", "co", "ltd", "corp", "dept", "hosp", "univ", "ave",
    "blvd", "rd", "al", "wt", "ht", "temp", "abd", "ext", "exts", "mg", "mcg", "ml", "cc", "kg",
    "lb", "lbs", "oz", "cm", "mm", "in", "hr", "hrs", "min", "mins", "sec", "wk", "wks", "mo",
    "mos", "yr", "yrs", "tab", "tabs", "cap", "caps", "inj", "susp", "soln", "qd", "bid", "tid",
    "qid", "qhs", "qam", "qpm", "qod", "prn", "po", "iv", "im", "sq", "subq", "subcut", "hx", "dx",
    "tx", "rx", "fx", "sx", "lt", "rt", "bilat", "pos", "neg", "poss", "prob", "amt", "avg", "max",
    "ref", "vol", "mod", "sl", "cont", "cont'd", "ca", "ft", "est", "exam", "eval", "freq", "med",
    "meds", "neuro", "occ", "path", "prev", "prox", "dist", "post", "ant", "sup", "inf", "lat",
    "reg", "req", "rec", "sig", "surg", "sys", "tbsp", "tsp", "w", "yo", "jan", "feb", "mar",
    "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "mon", "tue", "tues", "wed",
    "thu", "thur", "thurs", "fri", "sat", "sun", "no",
})  # fmt: skip
# A single letter behind one of these belongs to the next word: "culture grew E. Coli".
_BEFORE_AN_INITIAL = frozenset({
    "a", "an", "and", "as", "by", "called", "for", "from", "grew", "growing", "had", "has", "in",
    "is", "of", "or", "per", "positive", "saw", "that", "the", "to", "was", "were", "with",
})  # fmt: skip
_INITIALS_OF_NOBODY = frozenset({"X", "Y", "Z"})  # put in for names: "by Dr. X. Blood was drawn"
_FIRST_WORDS = frozenset({
    "a", "after", "all", "also", "an", "and", "as", "at", "because", "but", "currently", "he",
    "her", "his", "however", "i", "if", "in", "is", "it", "no", "on", "our", "patient", "please",
    "she", "since", "that", "the", "then", "there", "these", "they", "this", "to", "today", "upon",
    "was", "we", "when", "who", "will", "with", "would",
})  # fmt: skip
_WORD = re.compile(r"\w+")


class Stops(NamedTuple):
    """The full stops, question and exclamation marks of a text that a sentence may end with.

    Attributes:
        marks: the offsets of all marks, of those too that end nothing.
        plain: of those that end a sentence by themselves; with each, where the next would begin.
        doubtful: the same of those that :func:`is_end` must look at.
    """

    marks: list[int]
    plain: dict[int, int]
    doubtful: list[tuple[int, int]]


def find_stops(texts: JoinedTexts) -> list[Stops]:
    """Return the stops of each text; line breaks are line feeds."""
    codes, filled = texts.codes, texts.filled
    marks = np.flatnonzero(_MARK.mask(codes))
    first = marks[~_MARK.mask(codes[marks - 1])]  # "?!" is one
    behind = codes[first + 1]
    spaced, tight = first[BLANK.mask(behind)], first[_TIGHT.mask(behind)]
    ends = filled[filled.searchsorted(spaced + 1)]
    plain = CAPITAL.mask(codes[ends]) & _is_behind_a_word(codes, spaced)
    columns = zip(
        texts.by_text(marks, marks),
        _pairs(texts, spaced[plain], ends[plain]),
        _pairs(texts, spaced[~plain], ends[~plain]),
        texts.by_text(tight, tight),
        strict=True,
    )
    return [
        Stops(marked, dict(certain), [*doubtful, *_matches(text, unclear)])
        for text, (marked, certain, doubtful, unclear) in zip(texts.texts, columns, strict=True)
    ]


def _is_behind_a_word(codes: Array, stops: Array) -> Mask:
    """Tell which stops stand behind a number, a sign or a word that may be the last.

    Words of one or two letters need a closer look, and so does what a text begins with.
    """
    last = codes[stops - 1]
    word = LETTER.mask(last)
    sign = ~(word | BLANK.mask(last) | (last == ord(APART)))
    ending = last.astype(np.int64) | 0x20
    for distance in (2, 3):
        letter = codes[stops - distance]
        word = word & LETTER.mask(letter)
        ending = ending << _BITS | letter | 0x20
    behind: Mask = sign | (word & ~np.isin(ending, _ENDINGS))
    return behind


def _pairs(texts: JoinedTexts, stops: Array, ends: Array) -> Iterator[Iterator[tuple[int, int]]]:
    for of_text in zip(texts.by_text(stops, stops), texts.by_text(stops, ends), strict=True):
        yield zip(*of_text, strict=True)


def _matches(text: str, stops: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield the stops behind which a sentence may begin, and where."""
    for stop in stops:
        found = _STOP.match(text, stop)
        if found:
            yield found.span()


def may_end_with(line: str) -> bool:
    """Tell whether a sentence may end with the full stop at the end of a line."""
    return _word_before(line, len(line) - 1).lower() not in _NEVER_LAST


def is_end(text: str, start: int, end: int) -> bool:
    """Tell whether a sentence ends with the stop at ``start``, before what stands at ``end``."""
    mark, follows = text[start], text[end : end + 1]
    if mark == "?":
        return start > 0 and not (text[start - 1].isspace() or follows.islower())
    if mark == "!":
        return not follows.islower()
    if text.startswith("..", start):
        return follows.isupper()
    word = _word_before(text, start)
    lower = word.lower()
    if lower in _NEVER_LAST:
        return False
    if not (text[end - 1].isspace() or text[end - 1] == ","):  # "stable.Patient"
        return word.isalpha() and word == lower and len(word) > 2 and word not in _MAYBE_LAST
    if len(word) == 1 and word.isalpha():
        return follows.isupper() and _is_letter_last(word, text, start, end)
    if lower in _MAYBE_LAST or ("." in word and not word[0].isdigit()):
        return follows.isupper()
    if not follows.islower():
        return True
    return len(word) > 2 and word.isalpha() and _VOWEL.search(lower) is not None


def _is_letter_last(letter: str, text: str, start: int, end: int) -> bool:
    """Tell "hepatitis C. She" and "Dr. A. The patient" from "J. Smith" and "E. Coli"."""
    if letter.islower() or letter in _INITIALS_OF_NOBODY:
        return True
    before = text[max(0, start - _LONGEST_WORD) : start - 1].split()
    if not before:
        return False
    previous = before[-1]
    if previous[-1].isdigit():  # "up 2 L. Creatinine"
        return True
    if previous.isalpha() and previous.islower():
        return previous not in _BEFORE_AN_INITIAL
    first = _WORD.match(text, end)
    return first is not None and first[0].lower() in _FIRST_WORDS


def _word_before(text: str, end: int) -> str:
    words = text[max(0, end - _LONGEST_WORD) : end].split()
    if not words or text[end - 1].isspace():
        return ""
    return words[-1].lstrip(_OPENERS)
