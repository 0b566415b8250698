"""Which moment a value speaks of: now, a baseline, earlier, or a goal."""

from __future__ import annotations

import re
from typing import NamedTuple

from cdi.domain.reading import Timing
from cdi.nlp.measurement_grammar import ARROW, MomentPatterns
from cdi.nlp.measurement_values import Row, Value

_LEFT = 70  # characters before a name that are searched for cues
_SENTENCE = 300  # the same for instructions ("call for ..., or temp > 101")
_SHORTEST_CUE = 4
_BRACKET = 24  # characters before a number in which its bracket opens
_PLAIN = 4  # a shorter link (" of ", ": ") holds no cue
_TO = re.compile(r"\bto\b")
_FROM_LAST = re.compile(
    r"\bfrom\W*(?:(?:a|an|the|his|her|prior|previous|recent|initial|baseline|high|low|peak|of|about|"
    r"approximately|around)\W+){0,5}$"
)
_WAS = re.compile(r"[\s,)]*(?:is|was|came back)\s+(?:now\s+)?(?:at\s+)?")
_OF_LAST = re.compile(r"\bof\W*(?:about\s+|approximately\s+|around\s+|only\s+)?$")
_NUMBER_FOLLOWS = re.compile(
    r"[\s(]*(?:(?:of|is|was|being|about|around|approximately|at|from|range|value|level|[~:=<>])"
    r"\s*){0,3}[0-9.]"
)


class Moment(NamedTuple):
    """A row of values, the moment it speaks of, and how it was measured."""

    row: Row
    timing: Timing
    qualifier: str = ""


class Previous(NamedTuple):
    """The value before a further one.

    Attributes:
        value: what was read.
        dated: it was said when it was measured ("on admission").
        trending: it was introduced by "from".
        earlier: it was said to be earlier.
    """

    value: Value
    dated: bool
    trending: bool
    earlier: bool = False


class After(NamedTuple):
    """What was said of the moment behind a value: ``kind`` names a group of the pattern."""

    kind: str
    end: int


_TIMINGS = {"baseline": Timing.BASELINE, "goal": Timing.GOAL, "prior": Timing.PRIOR}


class MomentReader:
    """Tells the moments of the values of one note.

    Args:
        text: the note in lower case.
        patterns: cues of ``models/measurements/reading.yaml``.
    """

    def __init__(self, text: str, patterns: MomentPatterns) -> None:
        self._text, self._patterns = text, patterns

    def is_change(self, link: str, name: int, sentence: int) -> bool:
        """Tell words that lead to a change of a value ("dropped by 2") rather than the value.

        Args:
            link: the words between the name and the number.
            name: where the name starts.
            sentence: where its sentence starts.
        """
        if len(link) < _PLAIN:
            return False
        patterns = self._patterns
        if ")" in link and "(" not in link:
            return True
        if patterns.change_last.search(link):
            return True
        if "of" not in link or "from" in link or not _OF_LAST.search(link):
            return False
        if patterns.extreme_last.search(link):  # "fell to a nadir of 7.4"
            return False
        left = max(sentence, name - _LEFT)
        return bool(
            patterns.changed.search(link) or patterns.change_before.search(self._text, left, name)
        )

    def is_change_before(self, start: int, sentence: int) -> bool:
        """Tell a number behind "a drop of" or "increased by" from a value."""
        left = max(sentence, start - _LEFT)
        return self._patterns.change_last.search(self._text, left, start) is not None

    def first(self, link: str, row: Row, name: int, sentence: int, previous: int) -> Timing | None:
        """Return the moment of the first value behind a name; None if it was not seen at all.

        Args:
            link: the words between name and value.
            row: the values.
            name: where the name starts.
            sentence: where its sentence starts.
            previous: where the value before it ends; cues before that speak of that value.
        """
        patterns, text, value = self._patterns, self._text, row[0]
        left = max(sentence, name - _LEFT)
        near = max(left, previous)
        alone = name - near < _SHORTEST_CUE or patterns.before.search(text, near, name) is None
        if value.goal or (not alone and patterns.goal_before.search(text, near, name)):
            return Timing.GOAL
        if value.comparator:
            far = max(sentence, name - _SENTENCE)
            if patterns.limit_before.search(text, left, name):
                return Timing.GOAL
            if patterns.instruction_before.search(text, far, name):
                return Timing.GOAL
            if patterns.negation_before.search(text, left, name):
                return None
        if len(link) >= _PLAIN:
            if patterns.goal.search(link):
                return Timing.GOAL
            if patterns.baseline.search(link) and not patterns.off_baseline.search(link):
                return Timing.BASELINE
            if patterns.prior.search(link):
                return Timing.PRIOR
        if not alone:
            if patterns.baseline_before.search(text, near, name):
                return Timing.BASELINE
            if patterns.prior_before.search(text, near, name):
                return Timing.PRIOR
        return Timing.CURRENT

    def split(self, row: Row, link: str, timing: Timing, limit: int) -> list[Moment]:
        """Return the row as one moment, or as two where "to" joins an earlier and a later value.

        "EF 20 to 25 %" is a range; "from 0.9 to 2.4", "2.7 to 1.4" and "2.1 to 2.7 in two days"
        are two values.
        """
        value = row[0]
        if len(row) > 1 or not value.second_start:
            return [Moment(row, timing)]
        if "rang" in link or "between" in link:
            low, high = sorted((value.low, value.high))
            return [Moment([value._replace(low=low, high=high)], timing)]
        moved = (
            value.low > value.high
            or is_start_of_trend(link)
            or self._patterns.duration.match(self._text, value.stop, limit)
        )
        if not moved or timing is Timing.GOAL:
            return [Moment(row, timing)]
        first = value._replace(high=value.low, end=value.first_end, stop=value.first_end)
        second = value._replace(low=value.high, start=value.second_start)
        return [
            Moment([first], Timing.PRIOR if timing is Timing.CURRENT else timing),
            Moment([second], Timing.CURRENT),
        ]

    def after(self, stop: int, limit: int) -> After | None:
        """Return what is said of the moment behind a value ("yesterday", "at baseline")."""
        match = self._patterns.after.match(self._text, stop, limit)
        if match is None or match.lastgroup is None:
            return None
        kind, end = match.lastgroup, match.end()
        of_next = kind in ("baseline", "goal")
        # "2.4, baseline creatinine 0.9": it belongs to the next name
        if of_next and limit < len(self._text) and not self._text[end:limit].strip():
            return None
        # "2.4, baseline 0.9" and "2.4, yesterday 1.2": it belongs to the next value
        apart = of_next or match[0].lstrip()[0] in ",;("
        if apart and _NUMBER_FOLLOWS.match(self._text, end, limit):
            return None
        return After(kind, end)

    def next(
        self, link: str, previous: Previous, row: Row, limit: int
    ) -> tuple[Timing, bool] | None:
        """Return the moment of a further value, and whether it makes the ones before it earlier.

        None means that the number is no further value of the same name.

        Args:
            link: what stands between the two values.
            previous: the value before.
            row: the values in question.
            limit: where the search ends.
        """
        patterns = self._patterns
        if "rang" in link:
            return Timing.CURRENT, False
        if patterns.goal.search(link):
            return Timing.GOAL, False
        if patterns.baseline.search(link) and not patterns.off_baseline.search(link):
            return Timing.BASELINE, False
        if previous.trending and _TO.search(link):
            return Timing.CURRENT, True
        kind = ""
        for cue in patterns.cue.finditer(link):
            kind = cue.lastgroup or ""
        if kind == "prior":  # "usually 1.2 and it was 3.4 today"
            after = self.after(row[-1].stop, limit)
            # "Which had been 4.4, was 3.1": of two that are told of, the second is the later.
            goes_on = previous.earlier and _WAS.fullmatch(link) is not None
            kind = "current" if goes_on or (after and after.kind == "current") else kind
        if kind:
            return (Timing.PRIOR, False) if kind == "prior" else (Timing.CURRENT, True)
        return self._listed(link, previous, row, limit)

    def _listed(
        self, link: str, previous: Previous, row: Row, limit: int
    ) -> tuple[Timing, bool] | None:
        """Judge a value behind a bare comma, "and", slash or parenthesis."""
        words = link.strip(" \t\r\n,;()[]")
        if words == "/":
            return Timing.CURRENT, True
        if words not in ("", "and"):
            return None
        stop = row[-1].stop
        after = self.after(stop, limit)
        if after is not None:
            timing = _TIMINGS.get(after.kind)
            if after.kind == "moment" and not previous.dated:  # "1.4 (1.3 on admission)"
                timing = Timing.PRIOR
            return (timing, False) if timing else (Timing.CURRENT, True)
        if "(" in link and ARROW.match(self._text[stop:limit].lstrip()):  # "1.6 (0.9 -> 1.6)"
            return Timing.PRIOR, False
        single = row[0].low == row[0].high  # a range in brackets is that of the laboratory
        if single and self._in_brackets(row[0].start) and self._text[stop : stop + 1] in "),":
            return Timing.PRIOR, False  # "2.9 (1.9, 0.9)", as ward notes give what it was before
        if "," in link and self._decimals(previous.value) == self._decimals(row[0]) > 0:
            return Timing.CURRENT, True
        return None

    def _in_brackets(self, start: int) -> bool:
        low = max(0, start - _BRACKET)
        opened = self._text.rfind("(", low, start)
        return opened >= 0 and opened > self._text.rfind(")", low, start)

    def _decimals(self, value: Value) -> int:
        return len(self._text[value.start : value.end].partition(".")[2])


def timing_of(after: After | None, timing: Timing) -> Timing:
    """Return the moment of a value, given what is said behind it."""
    if after is None or timing is not Timing.CURRENT:
        return timing
    return _TIMINGS.get(after.kind, timing)


def is_start_of_trend(link: str) -> bool:
    """Tell words that lead to the first value of a change ("increased from")."""
    return "from" in link and _FROM_LAST.search(link) is not None
