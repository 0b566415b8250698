"""Words that may be a heading, by where they stand in a note."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

LONGEST = 80
"""Code points of the longest heading."""

_LEAD = re.compile(
    r"(?P<indent>[ \t]*)"
    r"(?:(?P<hashes>#+)|(?P<item>\(?\d{1,2}[.)]|[IVX]{1,4}[.)]"
    r"|[-+\u2022\u00b7\u25cf\u25aa\u25e6\u2023\u2013\u2014>]+|\*(?=[ \t])))?"
    r"[ \t]*[*_]{0,3}"
)
_MARKS = " \t*_"
_BODY = re.compile(r"[ \t]*[*_]{0,3}[ \t,]*")
_DASHED = re.compile(r"([A-Z][A-Z/& ]+?)[ \t]*[-\u2013\u2014]+[ \t]")
_STOP_OR_GAP = re.compile(r"[.;,!?)]|  ")
_NO_HEADING_ENDS = (".", ",", ";")
_SMALL_WORDS = frozenset(
    ("a", "an", "and", "at", "by", "for", "in", "of", "on", "or", "the", "to", "&", "/")
)
# "... rales at the base. Assessment: Pneumonia."
_WORDS_IN_A_PARAGRAPH = frozenset(
    (
        "Assessment",
        "Diagnosis",
        "Diagnoses",
        "Impression",
        "Plan",
        "Recommendation",
        "Recommendations",
    )
)
_LINE_ENDS = (".", ":", "!", "?")


class Candidate(NamedTuple):
    """Words that may be a heading.

    Attributes:
        label: the words, without colon, marks and white space.
        start: where the heading begins, its number or mark included.
        body: where what follows it begins.
        listed: it stands behind a number or a bullet.
        hashes: number of "#" before it.
        indented: white space stands before it on its line.
        inline: it does not stand at the start of its line.
        bare: it has no colon.
        alone: nothing follows it on its line.
        dashed: a dash follows it in place of a colon.
    """

    label: str
    start: int
    body: int
    listed: bool = False
    hashes: int = 0
    indented: bool = False
    inline: bool = False
    bare: bool = False
    alone: bool = False
    dashed: bool = False

    @property
    def capitals(self) -> bool:
        """Whether it is written in capitals."""
        return self.label.isupper()


def find_candidates(text: str, offset: int = 0) -> Iterator[Candidate]:
    """Yield the candidates of a text from ``offset`` on, in order; lines end in a line feed.

    Candidates may overlap: "STABLE. PMH" and the "PMH" inside it.
    """
    above = ""
    for line in text[offset:].split("\n"):
        if line:
            if ":" in line:
                yield from _labels(line, offset)
            elif len(line) <= LONGEST:
                candidate = _bare_line(line, offset)
                # A line in lower case may be the rest of a sentence, unless one has just ended.
                if candidate and not (candidate.label[0].islower() and _goes_on(above)):
                    yield candidate
            if line[1:2].isupper() and (dashed := _DASHED.match(line)):
                yield Candidate(dashed[1], offset, offset + dashed.end(), dashed=True)
        above = line
        offset += len(line) + 1


def _goes_on(line: str) -> bool:
    """Tell whether no sentence ends with a line."""
    words = line.rstrip()
    return bool(words) and not words.endswith(_LINE_ENDS)


def is_capitalised(label: str) -> bool:
    """Tell whether every word but small ones begins with a capital ("Reason for Visit")."""
    words = label.split()
    return bool(words) and all(w[0].isupper() or w in _SMALL_WORDS for w in words)


def _labels(line: str, offset: int) -> Iterator[Candidate]:
    colon = line.find(":")
    previous = 0
    if colon <= LONGEST:
        first = _first_label(line, offset, colon)
        if first:
            yield first
            if not _STOP_OR_GAP.search(first.label):
                previous = colon + 1
                colon = line.find(":", previous)
    while colon != -1:
        inline = _inline_label(line, offset, previous, colon)
        if inline:
            yield inline
        previous = colon + 1
        colon = line.find(":", previous)


def _first_label(line: str, offset: int, colon: int) -> Candidate | None:
    lead = _LEAD.match(line, 0, colon)
    body = _BODY.match(line, colon + 1)
    if not lead or not body:
        return None
    label = line[lead.end() : colon].rstrip(_MARKS)
    if not label:
        return None
    end = body.end()
    if not lead.end():  # nothing before the words, as nearly always
        return Candidate(label, offset, offset + end, alone=end == len(line))
    indent, hashes, item = lead.group("indent", "hashes", "item")
    return Candidate(
        label,
        offset + len(indent),
        offset + end,
        listed=item is not None,
        hashes=len(hashes or ""),
        indented=bool(indent),
        alone=end == len(line),
    )


def _bare_line(line: str, offset: int) -> Candidate | None:
    words = line.rstrip(_MARKS)
    if words.endswith(_NO_HEADING_ENDS):
        return None
    lead = _LEAD.match(words)
    if not lead or lead.end() == len(words):
        return None
    indent, hashes, item = lead.group("indent", "hashes", "item")
    return Candidate(
        words[lead.end() :],
        offset + len(indent),
        offset + len(line),
        listed=item is not None,
        hashes=len(hashes or ""),
        indented=bool(indent),
        bare=True,
        alone=True,
    )


def _inline_label(line: str, offset: int, previous: int, colon: int) -> Candidate | None:
    before = line[max(previous, colon - LONGEST) : colon].rstrip()
    if not before:
        return None
    if before[-1].isupper() or before[-1] == ")":
        label = _after_stop(before)
        fits = len(label) > 1 and label.isupper()
    elif before[-1].islower():
        label = before.rpartition(". ")[2].strip()
        fits = is_capitalised(label) and (" " in label or label in _WORDS_IN_A_PARAGRAPH)
    else:
        return None
    start = line.rfind(label, 0, colon)
    if not fits or not line[:start].strip():
        return None
    body = _BODY.match(line, colon + 1)
    end = body.end() if body else colon + 1
    return Candidate(label, offset + start, offset + end, inline=True)


def _after_stop(before: str) -> str:
    """Return the words behind the last stop or gap of a text."""
    return _STOP_OR_GAP.split(before.removesuffix(")"))[-1].strip()
