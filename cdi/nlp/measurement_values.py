"""Numbers with units at a place in a text: one value, or a row of them ("120/80")."""

from __future__ import annotations

import re
from typing import NamedTuple

from cdi.nlp import measurement_grammar as grammar
from cdi.nlp.measurement_grammar import ValuePatterns
from cdi.nlp.measurement_names import Column, Sense
from cdi.nlp.numerals import is_spoken, to_number

_LIST_NUMBER = re.compile(r"([0-9]{1,2})[.)]\s*$")
_LIST_MARK = re.compile(r"[.)]\s+[a-z]")
_INCHES_IN_FOOT = 12
_ENDS = frozenset(",.;:)\n")  # behind a number, these begin no range


class Value(NamedTuple):
    """A number read for one analyte, in its canonical unit.

    Attributes:
        start, end: the number itself; ``stop`` is the end of its unit.
        has_unit: the unit is written.
        goal: the numbers alone are a treatment goal ("INR 2-3").
        first_end, second_start: of two numbers joined by "to", where the first ends and the
            second starts; equal otherwise.
    """

    low: float
    high: float
    comparator: str
    start: int
    end: int
    stop: int
    has_unit: bool
    goal: bool = False
    first_end: int = 0
    second_start: int = 0


Row = list[Value]


class Place(NamedTuple):
    """Where a value is looked for and what it must look like.

    Attributes:
        column: the analyte.
        limit: where the search ends.
        needs_unit: a number without a unit does not count.
        slash: a slash and a further number may follow.
    """

    column: Column
    limit: int
    needs_unit: bool
    slash: bool


class _Number(NamedTuple):
    """A number as written, before it is known to be plausible; ``top`` ends a decade ("80s")."""

    value: float
    top: float
    start: int
    end: int
    unit: str | None
    stop: int


class ValueReader:
    """Reads numbers of one note.

    Args:
        text: the note in lower case.
        patterns: the patterns of numbers.
    """

    def __init__(self, text: str, patterns: ValuePatterns) -> None:
        self._text, self._patterns = text, patterns

    def row(self, sense: Sense, start: int, limit: int) -> Row | None:
        """Read the values of a name's analytes from ``start``; None if too few of them fit."""
        row = self._row(sense, start, limit)
        if row is None and sense.reversible:
            turned = self._row(sense._replace(columns=sense.columns[::-1]), start, limit)
            return turned[::-1] if turned else None
        return row

    def _row(self, sense: Sense, start: int, limit: int) -> Row | None:
        text, values, at = self._text, Row(), start
        last = sense.columns[-1]
        for column in sense.columns:
            slash = column is not last or sense.open_ended or sense.series
            value = self._value(Place(column, limit, sense.needs_unit, slash), at)
            if value is None:
                break
            values.append(value)
            between = sense.separator.match(text, value.stop, limit) if column is not last else None
            if between is None:
                break
            at = between.end()
        if len(values) < sense.least or not values:
            return None
        further = len(values) < len(sense.columns) and not (sense.open_ended or sense.series)
        if further and grammar.SLASH.match(text, values[-1].stop):
            return None
        if sense.descending and len(values) > 1 and values[0].low <= values[1].low:
            return None
        comparator = values[0].comparator
        return [v._replace(comparator=comparator) for v in values] if comparator else values

    def _value(self, place: Place, start: int) -> Value | None:
        text, limit = self._text, place.limit
        if place.column.feet and (feet := grammar.FEET.match(text, start, limit)):
            return self._height(place.column, feet)
        match = self._patterns.start.match(text, start, limit)
        if match is None:
            return None
        first = self._number(place, match.start("number"), match.end("number"))
        if first is None:
            return None
        if not match["comparator"] and text[first.stop : first.stop + 1] not in _ENDS:
            joined = self._joined(first, start, limit)
            if joined is not None:
                to, spaced = joined.lastgroup == "to", text[joined.start()].isspace()
                both = self._range(place, first, joined.end(), to)
                if both is not None or not spaced:
                    return both
        return self._single(place, first, grammar.sign(match["comparator"]))

    def _joined(self, first: _Number, start: int, limit: int) -> re.Match[str] | None:
        """Return what joins the two numbers of a range, if anything does."""
        if self._text.endswith("between ", 0, start):
            return grammar.BETWEEN.match(self._text, first.stop, limit)
        return grammar.RANGE.match(self._text, first.stop, limit)

    def _number(self, place: Place, start: int, end: int) -> _Number | None:
        text = self._text
        value = to_number(text[start:end])
        if value is None:
            return None
        top, stop, units = value, end, place.column.units
        decade = grammar.DECADE.match(text, end) if text[end : end + 1] in "s'" else None
        if decade is not None:
            if value % 10 or not value:
                return None
            hundreds = place.column.analyte.hundreds and not value % 100
            top, stop = value + (99 if hundreds else 9), decade.end()
            end = stop
        unit = units.written.match(text, stop, place.limit)
        if unit is None:
            return _Number(value, top, start, end, None, stop)
        return _Number(value, top, start, end, units.ids[grammar.squeeze(unit[1])], unit.end())

    def _range(self, place: Place, first: _Number, start: int, to: bool) -> Value | None:
        match = self._patterns.second.match(self._text, start, place.limit)
        second = self._number(place, match.start("number"), match.end("number")) if match else None
        if second is None or (first.unit and second.unit and first.unit != second.unit):
            return None
        column, written = place.column, second.unit or first.unit
        stop = self._accepted_stop(place, second, written)
        lowest, highest = min(first.value, second.value), max(first.top, second.top)
        unit = written or column.bare_unit(lowest, highest)
        if stop is None or unit is None:
            return None
        low, high = column.canonical(first.value, unit), column.canonical(second.top, unit)
        if low is None or high is None or (low > high and not to):
            return None
        goal = written is None and (first.value, second.value) in column.analyte.usual_goals
        parts = (first.end, second.start) if to else (0, 0)
        known = written is not None
        return Value(low, high, "", first.start, second.end, stop, known, goal, *parts)

    def _single(self, place: Place, number: _Number, comparator: str) -> Value | None:
        column = place.column
        stop = self._accepted_stop(place, number, number.unit)
        unit = number.unit or column.bare_unit(number.value, number.top)
        if stop is None or unit is None:
            return None
        low = high = column.canonical(number.value, unit)
        if number.top != number.value:
            high = column.canonical(number.top, unit)
        if low is None or high is None:
            return None
        known = number.unit is not None
        return Value(low, high, comparator, number.start, number.end, stop, known)

    def _accepted_stop(self, place: Place, number: _Number, unit: str | None) -> int | None:
        """Return where a value ends, or None if what follows says that it is something else."""
        text, stop, patterns = self._text, number.stop, place.column.units
        if unit is None:
            written = text[number.start : number.end]
            if place.needs_unit or (is_spoken(written) and "point" not in written):
                return None
            word = patterns.neutral.match(text, stop) if patterns.neutral else None
            stop = word.end() if word else stop
        scale = patterns.out_of.match(text, stop) if patterns.out_of else None
        stop = scale.end() if scale else stop
        foreign = self._patterns.not_bare if unit is None else self._patterns.not_with_unit
        if foreign.match(text, stop) is None:
            return stop
        if place.slash and grammar.SLASH.match(text, stop):
            return stop
        # "Hgb 8.1/Hct 24": the slash leads to the next name
        return stop if text[stop : place.limit].strip() == "/" else None

    def before(self, column: Column, low: int, end: int) -> Value | None:
        """Return the value, always with a unit, that ends at ``end``, where its name starts."""
        text = self._text
        if column.feet:
            for feet in grammar.FEET.finditer(text, low, end):
                if not text[feet.end() : end].strip():
                    return self._height(column, feet)
        pattern = column.units.before_name
        match = pattern.search(text, low, end) if pattern else None
        if match is None:
            return None
        unit = column.units.ids[grammar.squeeze(match["unit"])]
        first = to_number(match["low"])
        second = to_number(match["high"]) if match["high"] else first
        if first is None or second is None:
            return None
        bottom, top = column.canonical(first, unit), column.canonical(second, unit)
        if bottom is None or top is None or bottom > top:
            return None
        comparator = grammar.sign(match["comparator"])
        last = match.end("high") if match["high"] else match.end("low")
        return Value(bottom, top, comparator, match.start("low"), last, match.end("unit"), True)

    def _height(self, column: Column, feet: re.Match[str]) -> Value | None:
        """Return a height from a match of :data:`cdi.nlp.measurement_grammar.FEET`."""
        inches = int(feet["feet"]) * _INCHES_IN_FOOT + int(feet["inches"] or 0)
        part = feet["part"]
        whole = inches + (float(part) if part and part[0] == "." else 0.5 if part else 0.0)
        value = column.canonical(whole, "in")
        if value is None or self._patterns.not_with_unit.match(self._text, feet.end()):
            return None
        return Value(value, value, "", feet.start(), feet.end(), feet.end(), True)

    def is_list_number(self, value: Value, name: int, link: str) -> bool:
        """Tell a value from the number of the next list item ("1. Potassium 2. Sodium").

        Args:
            value: what was read.
            name: where the name of its analyte starts.
            link: the text between name and value.
        """
        text = self._text
        written = text[value.start : value.end]
        if value.has_unit or not written.isdigit():
            return False
        if text.startswith(")", value.stop) and "(" not in text[max(0, name - 80) : value.start]:
            return True
        if not _LIST_MARK.match(text, value.stop):
            return False
        before = _LIST_NUMBER.search(text, max(0, name - 6), name)
        return "\n" in link or (before is not None and int(before[1]) + 1 == int(written))
