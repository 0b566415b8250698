"""The sentences of a note.

A sentence ends at a full stop (:mod:`cdi.nlp.stops`), at a line break that is not one of a hard
wrap, before a list item, at a blank line, and where a section or its body begins.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import chain, pairwise, repeat

import numpy as np

from cdi.domain.reading import Section, Sentence
from cdi.nlp.characters import DIGIT, Array, Kind
from cdi.nlp.items import NUMBER, PLAIN, Items, Line, read_line
from cdi.nlp.joined import JoinedTexts
from cdi.nlp.lines import unify_breaks, wrap_width
from cdi.nlp.stops import Stops, find_stops, is_end, may_end_with

_INLINE_NUMBER = re.compile(r"[0-9][0-9]?[.)](?=\s*[A-Z\"(])")
_BULLETS = "\u2022\u25cf\u25aa"
_INLINE_BULLET = re.compile(rf"[{_BULLETS}](?=\s)")
_ITEM_IN_LINE = Line(NUMBER, "", 0, short=False, ended=False, opens=False, lead=0)
_JOINED = re.compile(r"[\w/-]|(?<=\d)[.,]")  # before a number that is a part of something longer
_DIGITS = re.compile(r"\d+")
# "Melena: no" is an answer; the next line of the form is no part of it.
_ANSWER = re.compile(r"[:\u2013-] ?no\Z", re.IGNORECASE)
_NUMBER_MARK = Kind(".)".__contains__)
_BEHIND_A_NUMBER = Kind(lambda character: character in '"(' or "A" <= character <= "Z")
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
    return split_all(JoinedTexts([unify_breaks(text)]), [sections])[0]


def split_all(
    texts: JoinedTexts, sections: Sequence[Sequence[Section]]
) -> list[tuple[Sentence, ...]]:
    """Return the sentences of several notes, as :func:`split_sentences` does.

    Args:
        texts: the notes; their lines end in line feeds (:func:`cdi.nlp.lines.unify_breaks`).
        sections: of each.
    """
    stops, marks = find_stops(texts), _find_number_marks(texts)
    splitters = list(map(_Splitter, texts.texts, stops, marks))
    for splitter, found in zip(splitters, sections, strict=True):
        for section in found or (Section("", 0, 0, len(splitter.text)),):
            splitter.read(section)
    bounds = [splitter.bounds() for splitter in splitters]
    items = [sorted(splitter.item_starts) for splitter in splitters]
    return _cut(texts, bounds, items)


def _cut(
    texts: JoinedTexts, bounds: Sequence[Sequence[int]], items: Sequence[Sequence[int]]
) -> list[tuple[Sentence, ...]]:
    """Return the sentences between the bounds of each text, of which the last is its end."""
    at, first_of = _joined(texts, bounds)
    item_at, first_item_of = _joined(texts, items)
    first = texts.filled[texts.filled.searchsorted(at[:-1])]
    last = texts.filled[texts.filled.searchsorted(at[1:]) - 1]
    filled = first < at[1:]
    filled[first_of[1:-1] - 1] = False  # from the end of one text to the start of the next
    number = item_at.searchsorted(at[:-1], "right") - 1
    text = np.repeat(np.arange(len(bounds)), np.diff(first_of))[:-1][filled]
    start = texts.starts[text]
    columns = (
        first[filled] - start,
        last[filled] + 1 - start,
        number[filled] - first_item_of[text],
    )
    found = tuple(map(_new, repeat(Sentence), zip(*(c.tolist() for c in columns), strict=True)))
    edges = text.searchsorted(np.arange(len(bounds) + 1)).tolist()
    return [found[low:high] for low, high in pairwise(edges)]


_new = tuple.__new__  # what the class would call


def _joined(texts: JoinedTexts, places: Sequence[Sequence[int]]) -> tuple[Array, Array]:
    """Return places in texts as places in all of them, and where those of each text begin."""
    counts = np.array(list(map(len, places)), dtype=np.int64)
    flat = np.fromiter(chain.from_iterable(places), dtype=np.int64, count=int(counts.sum()))
    return flat + np.repeat(texts.starts, counts), np.concatenate(([0], np.cumsum(counts)))


def _find_number_marks(texts: JoinedTexts) -> list[list[int]]:
    """Return for each text where a stop or bracket behind a digit may make it a number of a list.

    Most lines have none, and need not be searched.
    """
    codes = texts.codes
    marks = np.flatnonzero(_NUMBER_MARK.mask(codes))
    marks = marks[DIGIT.mask(codes[marks - 1])]
    ends = texts.filled[texts.filled.searchsorted(marks + 1)]
    marks = marks[_BEHIND_A_NUMBER.mask(codes[ends])]
    return list(texts.by_text(marks, marks))


class _Splitter:
    """Gathers where sentences and items begin in one note.

    Attributes:
        text: the note.
        item_starts: where items begin.
    """

    def __init__(self, text: str, stops: Stops, number_marks: Sequence[int]) -> None:
        self.text = text
        self.item_starts: list[int] = []
        self._stops, self._number_marks = stops, number_marks
        self._width = wrap_width(text)
        self._has_bullets = any(bullet in text for bullet in _BULLETS)
        self._starts: list[int] = []
        self._numbers: set[int] = set()  # full stops in headings and behind the numbers of lists

    def read(self, section: Section) -> None:
        """Take in one section; they come in order."""
        self._starts += (section.heading, section.start)
        if section.heading < section.start:
            self.item_starts.append(section.heading)
            marks = self._stops.marks
            low, high = bisect_left(marks, section.heading), bisect_left(marks, section.start)
            self._numbers.update(marks[low:high])
        items, first, headed = Items(), section.start, section.heading < section.start
        offset, before, after_blank, expected = first, "", False, 1
        has_marks = self._has_bullets or bool(self._number_marks)
        for line in self.text[section.start : section.end].split("\n"):
            content = line.strip()
            if content:
                parsed = read_line(line)
                if not (before and self._is_wrapped(before, content, parsed, expected)):
                    if headed and offset == first and parsed.style != NUMBER:
                        items.follow_heading(parsed)
                    elif items.begins(parsed, after_blank):
                        self.item_starts.append(offset)
                    self._starts.append(offset)
                    self._numbers.add(offset + parsed.lead - 1)
                    if parsed.style == NUMBER:
                        expected = _number(parsed.mark) + 1
                if has_marks:
                    expected = self._read_inline(line, offset, parsed, expected, items)
            after_blank = not content
            before = content
            offset += len(line) + 1

    def bounds(self) -> list[int]:
        """Return where sentences begin, and the end of the note; white space may be between."""
        text, numbers, stops = self.text, self._numbers, self._stops
        plain, bounds = stops.plain, {*self._starts, len(text)}
        for number in numbers.intersection(plain):
            del plain[number]
        ends = [
            end
            for stop, end in stops.doubtful
            if stop not in numbers and end not in bounds and is_end(text, stop, end)
        ]
        return sorted(bounds.union(plain.values(), ends))

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
        at = bisect_left(self._number_marks, offset + parsed.lead)
        if at < len(self._number_marks) and self._number_marks[at] < offset + len(line):
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
            self.item_starts.append(start)


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
