"""Values with their units from the text of a note.

The gate has found the names of analytes; a value is looked for right behind each name (for some
names right before), and nowhere else. What may stand between is a closed list of words, so that
a value is never taken from another statement. A number is accepted only with a unit of its
analyte, or where its size leaves one unit only, and inside what a living adult can have: a wrong
value is worse than a missing one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from cdi.domain.reading import Measurement, Section, Sentence, Timing
from cdi.nlp import measurement_grammar as grammar
from cdi.nlp.folding import lower_case
from cdi.nlp.measurement_moments import (
    Moment,
    MomentReader,
    Previous,
    is_start_of_trend,
    timing_of,
)
from cdi.nlp.measurement_names import Column, Found, Names, Sense
from cdi.nlp.measurement_oxygen import OxygenReader
from cdi.nlp.measurement_record import Record
from cdi.nlp.measurement_tables import Cell, TableReader
from cdi.nlp.measurement_values import Row, Value, ValueReader
from cdi.rules.measurements import Analytes

_NEAR = 70  # characters behind a name in which its value must begin
_BEHIND = 48  # characters before a name in which a value may stand
_NEAR_WORD = 40  # the same for a number in words
_SHORTEST_WORD = 4
_SHORTEST_PRONOUN = 8  # ". It was"
_JOIN = 8  # characters between two names that share their values
_FAR = 200  # characters behind which oxygen has nothing to do with a saturation
_MOST = 8  # values of one name at most
_PRONOUN_WORDS = 8  # between a value, or the start of the next sentence, and "it was 7.8"
_PRONOUN_REACH = 160  # characters
_MOST_JOINED = 5  # names that share their values, less one
_ON = re.compile(r"\s+(?:while\s+)?on\s+(?:about\s+|only\s+)?$")
_HEADING_MARKS = (":", "*", "_")
_HEADING_ENDS = re.compile(r"[*_]{0,3}:[ \t*_]*")
_WAS = re.compile(r"\bwas\b(?!.*\b(?:before|previously|baseline|usual)\b)")
_LINE_ENDS = re.compile(r"[ \t]*(?:[hl*]{1,2})?[ \t]*(?:\r?\n|$)")


class MeasurementReader:
    """Reads measurements; made once, reading changes nothing in it.

    Args:
        analytes: what can be measured, from ``models/measurements``.
    """

    def __init__(self, analytes: Analytes) -> None:
        self.names = Names(analytes)
        self._grammar = grammar.compile_grammar(analytes.wording)

    def patterns(self) -> list[str]:
        """Return the phrases the gate must look for; hits are indexes into this list."""
        return self.names.patterns()

    def read(
        self,
        text: str,
        found: Sequence[Found],
        sections: Sequence[Section],
        sentences: Sequence[Sentence],
        wanted: Collection[str] | None = None,
    ) -> list[Measurement]:
        """Return the measurements of a note in the order of their values.

        Args:
            text: the note.
            found: the names of analytes in it, as ``names`` finds them.
            sections: the sections of the note, in order.
            sentences: the sentences of the note, in order.
            wanted: the analytes whose values are asked for, all if None; of others there may be
                values or not.
        """
        chosen = None if wanted is None else frozenset(wanted)
        if not found or (chosen is not None and all(map(chosen.isdisjoint, _analytes(found)))):
            return []
        record = Record(len(text), sections, sentences)
        return _Note(lower_case(text), found, record, self.names, self._grammar).read(chosen)


class _Note:
    """The reading of one note."""

    def __init__(
        self,
        text: str,
        found: Sequence[Found],
        record: Record,
        names: Names,
        patterns: grammar.Grammar,
    ) -> None:
        self._text, self._found, self._record = text, found, record
        self._columns, self._grammar = names.columns, patterns
        self._values = ValueReader(text, patterns.values)
        self._moments = MomentReader(text, patterns.moments)
        self._oxygen = OxygenReader(text, patterns.oxygen, names.flow, names.fraction)
        self._tables = TableReader(text)

    def read(self, wanted: frozenset[str] | None) -> list[Measurement]:
        """Return the measurements in the order of their values."""
        at, count = 0, len(self._found)
        needed = None if wanted is None else self._needed(wanted)
        while at < count:
            name = self._found[at]
            if needed is not None and not needed[at]:
                self._tables.cells(name.start, name.end)  # it leads rows far below to their head
                at += 1
                continue
            self._record.enter(name.start)
            last = at
            if not (name.meanings.behind and self._read_behind(name)) and name.meanings.ahead:
                last = self._joined(at)
                cells = self._tables.cells(name.start, self._found[last].end)
                if cells and self._read_cells(at, last, cells):
                    pass
                elif last > at:
                    self._read_joined(at, last)
                else:
                    self._read_ahead(at)
                    self._read_pronouns(at)
            at = last + 1
        return self._record.measurements()

    def _needed(self, wanted: frozenset[str]) -> list[bool]:
        """Tell which names to read for some analytes: theirs, and those these lean on."""
        needed = [not wanted.isdisjoint(analytes) for analytes in _analytes(self._found)]
        for at in range(len(needed) - 1, 0, -1):
            if needed[at] and not needed[at - 1]:
                needed[at - 1] = self._leans(at)
        return needed

    def _leans(self, at: int) -> bool:
        """Tell whether the values of a name may depend on what is read of the name before it.

        The two may share their values; else a value speaks to those of its own sentence only: it
        takes the cues before it for itself, or is the goal that they are limits of.
        """
        text, end = self._text, self._found[at - 1].end
        start, _, meanings = self._found[at]
        near = start - end <= _JOIN
        if meanings.support or (near and grammar.JOIN.fullmatch(text, end, start)):
            return True
        begin = self._record.sentence_start(start)
        numbers = (grammar.DIGIT, grammar.SPOKEN_NUMBER)
        return any(number.search(text, begin, start) for number in numbers)

    # One name with its values behind it.

    def _read_ahead(self, at: int) -> None:
        name, table = self._found[at], False
        _, end, meanings = name
        limit = self._limit(at, meanings.oxygen)
        direct = grammar.SIMPLE_LINK.match(self._text, end, limit) is not None
        if not direct and not self._holds_number(end, limit):
            limit, table = self._table_limit(at), True
            if not limit:
                return
        readings = []
        for sense in meanings.ahead:
            reading = self._first_row(sense, name, limit, meanings.oxygen, table)
            if reading is not None:
                readings.append((sense, *reading))
        if len(readings) > 1:  # "O2 94 %": only the written unit tells which is meant
            readings = [reading for reading in readings if reading[1][0].has_unit]
        if readings:
            sense, row, link = readings[0]
            self._take(sense, name, row, link, limit, sense.columns[0].analyte.oxygen)

    def _read_pronouns(self, at: int) -> None:
        """Read the values told of the analyte named last: "It fell to 8.4, and then it was 7.9"."""
        name, record = self._found[at], self._record
        if record.stop <= name.start:
            return
        first = record.start
        alone = not any(first <= other.start for other in self._found[max(0, at - 1) : at])
        following = self._found[at + 1].start if at + 1 < len(self._found) else len(self._text)
        while record.stop > name.start and following - record.stop > _SHORTEST_PRONOUN:
            stop, index = record.stop, record.index
            match = self._grammar.pronoun.search(
                self._text, stop, min(following, stop + _PRONOUN_REACH)
            )
            if match is None:
                return
            record.enter(match.start())
            near = stop if record.index == index else record.start
            words = self._text[near : match.start()].split()
            if record.index > index + 1 or len(words) > _PRONOUN_WORDS:
                return
            if record.index > index and not alone:  # "Hgb 8.9, platelets 124. It was 13.8 before"
                return
            limit = min(following, record.end)
            again = Found(match.start(match.lastindex or 0), match.end(), name.meanings)
            for sense in name.meanings.ahead:
                reading = self._first_row(sense, again, limit)
                if reading is not None:
                    self._take(sense, again, *reading, limit)
                    break
            if record.stop == stop:
                return

    def _limit(self, at: int, oxygen: bool) -> int:
        """Return where the search for values ends: at the next name or with the sentence."""
        name_end = self._found[at].end
        end = max(self._record.end, name_end)
        if self._text.startswith(_HEADING_MARKS, name_end):
            body = self._record.following()  # "BP: 120/80" at the start of a line is a heading
            if body is not None and _HEADING_ENDS.fullmatch(self._text, name_end, body.start):
                end = body.end
        for index in range(at + 1, len(self._found)):
            start, _, meanings = self._found[index]
            if start >= end:
                break
            if not (oxygen and meanings.support) or start - name_end > _FAR:
                return start
        return end

    def _holds_number(self, start: int, limit: int) -> bool:
        near = min(limit, start + _NEAR)
        if grammar.DIGIT.search(self._text, start, near) is not None:
            return True
        return near - start > _SHORTEST_WORD and (
            grammar.SPOKEN_NUMBER.search(self._text, start, min(near, start + _NEAR_WORD))
            is not None
        )

    def _table_limit(self, at: int) -> int:
        """Return the end of the next line if the name ends its own line, else 0."""
        name = self._found[at]
        following = self._record.following()
        if following is None:
            return 0
        between = self._text[name.end : following.start]
        if "\n" not in between or between.strip(" \t\r\n:|"):
            return 0
        limit = following.end
        if at + 1 < len(self._found):
            limit = min(limit, self._found[at + 1].start)
        return limit if limit > following.start else 0

    def _first_row(
        self, sense: Sense, name: Found, limit: int, oxygen: bool = False, table: bool = False
    ) -> tuple[Row, str] | None:
        """Return the first values behind a name and the words between."""
        text, start, begin, row = self._text, name.end, name.end, None
        simple = grammar.SIMPLE_LINK.match(text, start, limit)
        if simple is not None:
            begin = simple.end()
            row = self._values.row(sense, begin, limit)
        if row is None:
            pattern = self._grammar.oxygen_first if oxygen else self._grammar.first
            between = pattern.match(text, start, limit)
            further = between.end() if between else start
            if simple is not None and further == begin:
                return None
            begin = further
            row = self._values.row(sense, begin, limit)
        if row is None or begin - start > _NEAR:
            return None
        link = text[start:begin]
        if self._values.is_list_number(row[0], name.start, link):
            return None
        if table and (link.strip(" \t\r\n:|") or not _LINE_ENDS.match(text, row[-1].stop)):
            return None
        if self._moments.is_change(link, name.start, self._record.start):
            return None
        return row, link

    # Several names before their values: "BUN and creatinine 45 and 2.1".

    def _joined(self, at: int) -> int:
        """Return the last of the names that are joined to this one."""
        found, last = self._found, at
        if last + 1 >= len(found) or found[at + 1].start - found[at].end > _JOIN:
            return at
        if not _is_single(found[at]):
            return at
        end = self._record.end
        while last + 1 < len(found) and last - at < _MOST_JOINED:
            one, other = found[last], found[last + 1]
            if other.start - one.end > _JOIN or other.start >= end or not _is_single(other):
                break
            if grammar.JOIN.fullmatch(self._text, one.end, other.start) is None:
                break
            last += 1
        return last

    def _read_joined(self, at: int, last: int) -> None:
        names = self._found[at : last + 1]
        limit = self._limit(last, oxygen=False)
        if not self._holds_number(names[-1].end, limit):
            return
        columns = [_main_column(name) for name in names]
        for first in range(len(names) - 1):
            if first and "," not in self._between(names[first - 1], names[first]):
                continue
            together = tuple(columns[first:])
            sense = Sense(together, least=len(together), separator=grammar.COLUMN_BREAK)
            reading = self._first_row(sense, names[-1], limit)
            if reading is not None:
                self._take(sense, names[first], *reading, limit)
                return
        if "," in self._between(names[-2], names[-1]):
            self._read_ahead(last)
            return
        single = []
        for name, column in zip(names, columns, strict=True):
            sense = Sense((column,))
            reading = self._first_row(sense, names[-1], limit)
            if reading is not None:
                single.append((sense, name, *reading))
        if len(single) == 1:  # "PT/INR 1.1" can only be the INR
            self._take(*single[0], limit)

    def _between(self, one: Found, other: Found) -> str:
        return self._text[one.end : other.start]

    # A row of a table, which has a value for each column: "Na  134  137  141".

    def _read_cells(self, at: int, last: int, cells: Sequence[Cell]) -> bool:
        """Read the cells of a row; tell whether they hold values of its analytes."""
        senses: Sequence[Sense] = self._found[at].meanings.ahead
        if last > at:
            together = tuple(_main_column(name) for name in self._found[at : last + 1])
            senses = (Sense(together, len(together), grammar.COLUMN_BREAK),)
        for sense in senses:
            rows = [(cell, self._values.row(sense, cell.start, cell.end)) for cell in cells]
            read = [(cell, row) for cell, row in rows if row is not None]
            if len(read) < len(rows):  # a number that cannot be of this analyte
                continue
            for cell, row in read:
                moment = Moment(row, cell.timing)
                for column, value in zip(sense.columns, row, strict=False):
                    start = self._found[at].start
                    self._record.add(column, value, moment, start, row[-1].stop, cell.place)
            return True
        return False

    # The first values of a name and those that follow: "2.4, up from 1.2".

    def _take(
        self, sense: Sense, name: Found, row: Row, link: str, limit: int, oxygen: bool = False
    ) -> None:
        sentence = self._record.start
        timing = self._moments.first(link, row, name.start, sentence, self._record.stop)
        if timing is None:
            return
        if row[0].comparator and self._record.has_goal:
            timing = Timing.GOAL  # "return for temp > 101 or HR > 120"
        moments = self._moments.split(row, link, timing, limit)
        trending = len(moments) == 1 and is_start_of_trend(link)
        if trending and timing is Timing.CURRENT and "rang" not in link:
            moments = [moments[0]._replace(timing=Timing.PRIOR)]
        if oxygen:
            words = self._text[name.start : name.end] + link if name.meanings.support else link
            said = self._oxygen.before(words, name.start, sentence)
            moments[-1] = moments[-1]._replace(qualifier=said)
        ranging = "rang" in link
        while True:
            at = moments[-1].row[-1].stop
            if oxygen:
                at = self._qualify(moments, at, self._record.end)
            if limit - at < _SHORTEST_WORD:  # the next name follows
                break
            after = self._moments.after(at, limit)
            if after is not None:
                moments[-1] = moments[-1]._replace(timing=timing_of(after, moments[-1].timing))
                at = after.end
            if len(moments) >= _MOST or not self._holds_number(at, limit):
                break
            further = self._next_row(sense, name, at, limit, oxygen)
            if further is None:
                break
            row, link = further
            dated = after is not None and after.kind == "moment"
            earlier = all(moment.timing is Timing.PRIOR for moment in moments)
            previous = Previous(moments[-1].row[0], dated, trending, earlier)
            judged = self._moments.next(link, previous, row, limit)
            if judged is None:
                break
            timing, latest = judged
            if oxygen and timing is Timing.PRIOR and _WAS.search(link):
                timing = Timing.CURRENT  # "95% on 2 L; it was 86% last night": of this stay
            if latest and not ranging:
                moments = [_earlier(moment) for moment in moments]
            moments += self._moments.split(row, link, timing, limit)
            trending = False
        for moment in moments:
            for column, value in zip(sense.columns, moment.row, strict=False):
                self._record.add(column, value, moment, name.start, moment.row[-1].stop)

    def _next_row(
        self, sense: Sense, name: Found, at: int, limit: int, oxygen: bool
    ) -> tuple[Row, str] | None:
        text = self._text
        between = grammar.SLASH.match(text, at, limit) if sense.series else None
        if between is None:
            pattern = self._grammar.oxygen_next if oxygen else self._grammar.next
            between = pattern.match(text, at, limit)
        if between is None or not 0 < between.end() - at <= _NEAR:
            return None
        row = self._values.row(sense, between.end(), limit)
        link = text[at : between.end()]
        if row is not None and text[between.end() : row[0].start].strip() == ">":
            # "1.4 > 1.5 > 2.2" is a course, not a comparison
            row, link = [value._replace(comparator="") for value in row], "->"
        if row is None or self._values.is_list_number(row[0], at, link):
            return None
        bare = link.replace(")", " ")
        if self._moments.is_change(bare, name.start, self._record.start):
            return None
        return row, link

    def _qualify(self, moments: list[Moment], at: int, limit: int) -> int:
        """Add how oxygen was given to the last moment; return where the words end."""
        oxygen = self._oxygen.behind(at, limit)
        if oxygen is None:
            return at
        moments[-1] = moments[-1]._replace(qualifier=oxygen.qualifier)
        if oxygen.column is not None:
            start, stop = oxygen.start, oxygen.stop
            value = Value(oxygen.value, oxygen.value, "", start, stop, oxygen.end, has_unit=True)
            moment = Moment([value], moments[-1].timing)
            self._record.add(oxygen.column, value, moment, start, oxygen.end)
        return oxygen.end

    # A value before its name: "94 % on room air", "4 L nasal cannula", "5'7\" tall".

    def _read_behind(self, name: Found) -> bool:
        low = max(self._record.start, name.start - _BEHIND)
        for sense in name.meanings.behind:
            column = sense.columns[0]
            value = self._values.before(column, low, name.start)
            if value is None or value.start in self._record.taken:
                continue
            before = column.analyte.preceded_by
            if before is not None:
                self._read_preceding(self._columns[before], value, low)
            said = self._oxygen.before(self._text[name.start : name.end], name.start, low)
            qualifier = said if column.analyte.oxygen else ""
            if self._add_behind(column, value, name.end, qualifier):
                return True
        return False

    def _read_preceding(self, column: Column, value: Value, low: int) -> None:
        """Read a value that stands before another one: the 94 % of "94 % on 4 L NC"."""
        joined = _ON.search(self._text, low, value.start)
        earlier = self._values.before(column, low, joined.start()) if joined else None
        if earlier is not None:
            said = self._oxygen.behind(earlier.stop, value.stop)
            self._add_behind(column, earlier, earlier.stop, said.qualifier if said else "")

    def _add_behind(self, column: Column, value: Value, stop: int, qualifier: str) -> bool:
        sentence = self._record.start
        timing = self._moments.first("", [value], value.start, sentence, self._record.stop)
        if timing is None or self._moments.is_change_before(value.start, sentence):
            return False
        self._record.add(column, value, Moment([value], timing, qualifier), value.start, stop)
        return True


def _analytes(found: Sequence[Found]) -> Iterator[frozenset[str]]:
    return (name.meanings.analytes for name in found)


def _is_single(name: Found) -> bool:
    """Tell a name of one analyte from a panel, whose name alone stands for several."""
    ahead = name.meanings.ahead
    return bool(ahead) and ahead[0].least == 1 and not (ahead[0].descending or ahead[0].open_ended)


def _main_column(name: Found) -> Column:
    ahead = name.meanings.ahead
    senses = [sense for sense in ahead if not sense.needs_unit] or ahead
    return senses[0].columns[0]


def _earlier(moment: Moment) -> Moment:
    return moment._replace(timing=Timing.PRIOR) if moment.timing is Timing.CURRENT else moment
