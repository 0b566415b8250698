"""The sentences of a note.

A sentence ends at a full stop (:mod:`cdi.nlp.stops`), at a line break that is not one of a hard
wrap, before a list item, at a blank line, and where a section or its body begins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from cdi.domain.reading import Section, Sentence
from cdi.nlp.items import NUMBER, PLAIN, Items, Line, read_line
from cdi.nlp.lines import unify_breaks, wrap_width
from cdi.nlp.stops import find_stops, may_end_with

_INLINE_NUMBER = re.compile(r"[0-9][0-9]?[.)](?=\s*[A-Z\"(])")
_BULLETS = "\u2022\u25cf\u25aa"
_INLINE_BULLET = re.compile(rf"[{_BULLETS}](?=\s)")
_ITEM_IN_LINE = Line(NUMBER, "", 0, short=False, ended=False, opens=False, lead=0)
_JOINED = re.compile(r"[\w/-]|(?<=\d)[.,]")  # before a number that is a part of something longer
_DIGITS = re.compile(r"\d+")
# "Melena: no" is an answer; the next line of the form is no part of it.
_ANSWER = re.compile(r"[:\u2013-] ?no\Z", re.IGNORECASE)
_STOP_MARK = re.compile(r"[.!?]")
_LONG_ENOUGH_TO_WRAP = 40  # code points, where the note shows no width
_MAY_PRECEDE_ITEM = ".;,:)?!"
_LONGEST_WORD = 16  # code points looked at before a number
_LONGEST_UNFINISHED = 8  # code points, with the blank before it
# A line that ends with one of these goes on in the next.
_UNFINISHED = frozenset({
    "a", "an", "and", "are", "as", "at", "be", "been", "but", "by", "for", "from", "had", "has",
    "have", "her", "his", "in", "into", "is", "its", "no", "of", "on", "or", "that", "the", "their",
    "to", "was", "were", "which", "who", "with", "without", "&", "off", "w/", "s/p", "h/o", "due",
    "after", "before", "than",
})  # fmt: skip
# A number behind one of these is its value: "type 2. Hypertension", not item 2.
_BEFORE_A_VALUE = frozenset({
    "a", "about", "age", "and", "at", "axis", "bilirubin", "bun", "by", "class", "cr", "creatinine",
    "day", "days", "factor", "for", "from", "g", "gcs", "grade", "gravida", "hd", "inr", "is", "k",
    "lactate", "last", "level", "mag", "magnesium", "no", "number", "of", "on", "or", "p", "para",
    "phase", "phosphorus", "pod", "potassium", "room", "score", "stage", "t", "than", "the",
    "times", "to", "troponin", "type", "was", "wbc", "x", "=", "<", ">", "~", "+", "#",
})  # fmt: skip


def split_sentences(text: str, sections: Sequence[Section]) -> tuple[Sentence, ...]:
    """Return the sentences of a note, in order, without the white space around them.

    Every character but white space is in one of them. ``item`` counts list items, paragraphs
    and headings; what is nested under a problem has the problem's number.

    Args:
        text: the note.
        sections: as :meth:`cdi.nlp.sections.SectionReader.read` found them.
    """
    splitter = _Splitter(unify_breaks(text))
    for section in sections or (Section("", 0, 0, len(text)),):
        splitter.read(section)
    return splitter.sentences()


class _Splitter:
    """Gathers where sentences and items begin in one note."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._width = wrap_width(text)
        self._has_bullets = any(bullet in text for bullet in _BULLETS)
        self._starts: list[int] = []
        self._item_starts: list[int] = []
        self._numbers: set[int] = set()  # full stops in headings and behind the numbers of lists

    def read(self, section: Section) -> None:
        """Take in one section; they come in order."""
        self._starts += (section.heading, section.start)
        if section.heading < section.start:
            self._item_starts.append(section.heading)
            heading = self._text[section.heading : section.start]
            self._numbers.update(
                section.heading + at.start() for at in _STOP_MARK.finditer(heading)
            )
        items = Items()
        offset, before, after_blank, expected = section.start, "", False, 1
        for line in self._text[section.start : section.end].split("\n"):
            content = line.strip()
            if content:
                parsed = read_line(line)
                if not (before and self._is_wrapped(before, content, parsed, expected)):
                    on_heading_line = offset == section.start and section.heading < offset
                    if on_heading_line and parsed.style != NUMBER:
                        items.follow_heading(parsed)
                    elif items.begins(parsed, after_blank):
                        self._item_starts.append(offset)
                    self._starts.append(offset)
                    self._numbers.add(offset + parsed.lead - 1)
                    if parsed.style == NUMBER:
                        expected = _number(parsed.mark) + 1
                expected = self._read_inline(line, offset, parsed, expected, items)
            after_blank = not content
            before = content
            offset += len(line) + 1

    def sentences(self) -> tuple[Sentence, ...]:
        text, found = self._text, []
        known = {*self._starts, len(text)}
        starts = sorted([*known, *find_stops(text, self._numbers, known)])
        item_starts = [*sorted(self._item_starts), len(text) + 1]
        item = -1
        for at, following in pairwise(starts):
            piece = text[at:following].rstrip()
            if not piece:
                continue
            while item_starts[item + 1] <= at:
                item += 1
            end = at + len(piece)
            if piece[0].isspace():
                at = end - len(piece.lstrip())
            found.append(Sentence(at, end, item))
        return tuple(found)

    def _is_wrapped(self, before: str, content: str, parsed: Line, expected: int) -> bool:
        """Tell whether a line goes on with the sentence of the line before."""
        style, last = parsed.style, before[-1]
        if style not in (PLAIN, NUMBER) or last == ":" or (style == NUMBER and last == "."):
            return False
        word = before[-_LONGEST_UNFINISHED:].rpartition(" ")[2]
        goes_on = last == "," or (word.lower() in _UNFINISHED and not _ANSWER.search(before))
        if not goes_on and self._width:
            goes_on = _is_full(before, content, self._width)
        if style == NUMBER:
            return goes_on and _number(parsed.mark) not in (1, expected)
        if goes_on or (last == "." and not may_end_with(before)):
            return True
        return content[0].islower() and len(before) >= _LONG_ENOUGH_TO_WRAP

    def _read_inline(
        self, line: str, offset: int, parsed: Line, expected: int, items: Items
    ) -> int:
        """Find the further items of a line, "1. CHF 2. AKI"; return the number expected next."""
        if _INLINE_NUMBER.search(line, parsed.lead):
            expected = self._read_inline_numbers(line, offset, parsed, expected, items)
        if self._has_bullets:
            for bullet in _INLINE_BULLET.finditer(line, parsed.lead):
                if line[bullet.start() - 1].isspace():
                    self._begin_inline(offset + bullet.start(), offset + bullet.end(), items)
        return expected

    def _read_inline_numbers(
        self, line: str, offset: int, parsed: Line, expected: int, items: Items
    ) -> int:
        found = [(int(m[0][:-1]), *m.span()) for m in _INLINE_NUMBER.finditer(line, parsed.lead)]
        last_second = max((start for number, start, _ in found if number == 2), default=-1)
        for number, start, end in found:
            known = start < last_second if number == 1 else number == expected
            if line[start - 1] == "(":
                start -= 1
            if known and _may_be_item(line, start):
                self._begin_inline(offset + start, offset + end, items)
                expected = number + 1
        return expected

    def _begin_inline(self, start: int, end: int, items: Items) -> None:
        self._starts.append(start)
        self._numbers.add(end - 1)
        if items.begins(_ITEM_IN_LINE, after_blank=False):
            self._item_starts.append(start)


def _is_full(before: str, content: str, width: int) -> bool:
    """Tell whether the first word of a line had no room on the line before."""
    return len(before) + 1 + len(content.split(None, 1)[0]) > width


def _number(mark: str) -> int:
    """Return the number of "2." or "(2)", 0 of a lone "#"."""
    digits = _DIGITS.search(mark)
    return int(digits[0]) if digits else 0


def _may_be_item(line: str, start: int) -> bool:
    if start == 0:
        return True
    before = line[max(0, start - _LONGEST_WORD) : start].rstrip()
    if not before or before[-1] in _MAY_PRECEDE_ITEM:
        return not _JOINED.match(line, start - 1)
    return before.rpartition(" ")[2].lower() not in _BEFORE_A_VALUE and line[start - 1].isspace()
