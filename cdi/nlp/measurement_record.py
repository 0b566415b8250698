"""The measurements of one note as they are collected, with the place each stands at."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from cdi.domain.reading import Measurement, Section, Sentence, Timing
from cdi.nlp.measurement_moments import Moment
from cdi.nlp.measurement_names import Column
from cdi.nlp.measurement_values import Value


class Record:
    """What was read so far, and the sentence that is being read.

    Attributes:
        index, start, end: the current sentence: its number and where it starts and ends.
        stop: where the value read last ends.
        taken: where the values start.

    Args:
        length: of the note.
        sections: its sections, in order.
        sentences: its sentences, in order.
    """

    def __init__(
        self, length: int, sections: Sequence[Section], sentences: Sequence[Sentence]
    ) -> None:
        self.index = self.start = self.stop = 0
        self.end = length
        self.taken: set[int] = set()
        self._length, self._sections, self._sentences = length, sections, sentences
        self._section_starts = [section.heading for section in sections]
        self._sentence_starts = [sentence.start for sentence in sentences]
        self._measurements: dict[tuple[str, int], Measurement] = {}
        self._places: dict[tuple[str, int], int] = {}  # of those that stand elsewhere in time
        self._goal_index = -1

    def enter(self, offset: int) -> None:
        """Make the sentence around an offset the current one."""
        index = bisect_right(self._sentence_starts, offset) - 1
        if index < 0:
            self.index, self.start, self.end = 0, 0, self._length
        else:
            self.index = index
            self.start, self.end, _ = self._sentences[index]

    def sentence_start(self, offset: int) -> int:
        """Return where the sentence around an offset starts."""
        index = bisect_right(self._sentence_starts, offset) - 1
        return self._sentence_starts[index] if index >= 0 else 0

    def following(self) -> Sentence | None:
        """Return the sentence behind the current one."""
        after = self.index + 1
        return self._sentences[after] if after < len(self._sentences) else None

    @property
    def has_goal(self) -> bool:
        """Tell whether a goal was read in the current sentence."""
        return self._goal_index == self.index

    def add(
        self,
        column: Column,
        value: Value,
        moment: Moment,
        start: int,
        end: int,
        place: int | None = None,
    ) -> None:
        """Add a value that stands, with the name of its analyte, from ``start`` to ``end``.

        ``place`` is where it stood if the values of a row stood in the order of time; its own
        place if None.
        """
        section = bisect_right(self._section_starts, start) - 1
        inside = section >= 0 and start < self._sections[section].end
        self._measurements.setdefault(
            (column.id, value.start),
            Measurement(
                column.id,
                value.low,
                value.high,
                value.comparator,
                moment.timing,
                start,
                end,
                value.start,
                value.end,
                self._sections[section].kind if inside else "",
                self.index,
                moment.qualifier,
            ),
        )
        if place is not None:
            self._places.setdefault((column.id, value.start), place)
        self.stop = max(self.stop, value.stop)
        self.taken.add(value.start)
        if moment.timing is Timing.GOAL:
            self._goal_index = self.index

    def measurements(self) -> list[Measurement]:
        """Return everything in the order of the values; those of a row in the order of time."""
        if not self._places:
            return sorted(self._measurements.values(), key=_by_place)
        places = self._places
        in_order = sorted(
            self._measurements.items(),
            key=lambda item: (places.get(item[0], item[1].value_start), item[1].analyte),
        )
        return [measurement for _, measurement in in_order]


def _by_place(measurement: Measurement) -> tuple[int, str]:
    return measurement.value_start, measurement.analyte
