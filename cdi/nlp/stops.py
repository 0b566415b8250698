"""Full stops that end a sentence, and those that do not.

English sentence splitting fails in notes on abbreviations ("40 mg p.o. b.i.d."), initials
("H. pylori", "Dr. X. The patient ..."), doubtful diagnoses ("?pneumonia") and the numbers of
lists. The lists below are of spelling, not of medicine.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

_STOP = re.compile(
    r"[.!?](?<![.!?].)[.!?]*+[)\]\"'\u201d\u2019*]*(?:\s+|,(?=[A-Z0-9])|(?=[A-Z][a-z]))"
)
_LONGEST_WORD = 16
_LONG = 7
_OPENERS = "(\"'[\u201c\u2018"
_VOWEL = re.compile(r"[aeiouy]")

_TITLES = frozenset({"dr", "drs", "mr", "mrs", "ms", "prof", "st", "messrs", "rev", "capt"})
# Something always follows these.
_NEVER_LAST = _TITLES | {
    "vs", "v", "e.g", "eg", "i.e", "ie", "approx", "cf", "viz", "fig", "figs", "mt", "resp", "incl",
    "esp", "aka", "a.k.a", "vit",
}  # fmt: skip
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


def find_stops(text: str, numbers: Container[int], known: Container[int] = ()) -> Iterator[int]:
    """Yield where a new sentence begins behind a full stop, question or exclamation mark.

    Args:
        text: a note whose line breaks are line feeds.
        numbers: offsets of stops that end nothing, such as those behind the numbers of a list.
        known: where sentences begin in any case; not yielded.
    """
    for stop in _STOP.finditer(text):
        start, end = stop.span()
        if start in numbers or end in known:
            continue
        # No abbreviation below is that long: most stops need no closer look.
        plain = start > _LONG and text[start - _LONG : start].isalpha()
        follows = text[end : end + 1]
        if (plain and follows.isupper()) or _is_end(text, start, end, follows):
            yield end


def may_end_with(line: str) -> bool:
    """Tell whether a sentence may end with the full stop at the end of a line."""
    return _word_before(line, len(line) - 1).lower() not in _NEVER_LAST


def _is_end(text: str, start: int, end: int, follows: str) -> bool:
    mark = text[start]
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
