"""Which conditions have a chance to speak, told before anything is read.

Most conditions of a catalogue are out of the question in most encounters: nothing that one of
their rules needs is so much as mentioned (:mod:`cdi.rules.needs`). The words of a note tell that
at once; what they mean is then worth finding out for the others only. For each condition, what may
be told of is a set of bits of one number: one for each mention or analyte that its names rest upon.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import NamedTuple

from cdi.rules.condition import Condition
from cdi.rules.measurements import Analytes
from cdi.rules.needs import Need


class Told(dict[str, int]):
    """What may be told of in an encounter: condition -> its bits."""

    def add(self, condition: str, bits: int) -> None:
        """Take in what may be told of a condition."""
        self[condition] = self.get(condition, 0) | bits

    def add_all(self, several: Iterable[tuple[str, int]]) -> None:
        """Take in conditions and what may be told of them."""
        get = self.get
        for condition, bits in several:
            self[condition] = get(condition, 0) | bits


class _Wanted(NamedTuple):
    """At least ``least`` of the parts must have a bit that is told; ``any`` is their union."""

    any: int
    parts: tuple[int, ...]
    least: int


def _enough(told: int, parts: Iterable[int], least: int) -> bool:
    return sum(1 for part in parts if told & part) >= least


class _Bits:
    """The bits of one condition, and what its rules want of them."""

    def __init__(self, condition: Condition) -> None:
        self._numbers: dict[tuple[str, ...], int] = {}
        sources = dict.fromkeys(condition.drugs, self._of("drug"))
        for source, names in condition.told_by.items():
            bits = self._of("mention", source)
            if source in condition.analytes:
                bits |= self._of("analyte", source)
            sources |= {name: sources.get(name, 0) | bits for name in names}
        self.rules = [
            [_wanted(need, sources) for need in condition.rule_names[rule.id].needs]
            for rule in condition.rules
            if not rule.spec.contest
        ]
        # Two values that exclude one another are what a contradiction needs.
        self.contested = [
            _Wanted(reduce(or_, bits), bits, 2) for bits in self._exclusive(condition)
        ]

    def get(self, *source: str) -> int:
        """Return the bit of a mention, an analyte or a drug; 0 if it tells of nothing."""
        return self._numbers.get(source, 0)

    def may_speak(self, told: int) -> bool:
        """Tell whether enough is told of for one of the rules."""
        for rule in self.rules:  # asked for half of the catalogue in every note
            for need, parts, least in rule:
                if not told & need or (least > 1 and not _enough(told, parts, least)):
                    break
            else:
                return True
        return False

    def may_be_contested(self, told: int) -> bool:
        """Tell whether values that exclude one another are told of."""
        return any(_enough(told, parts, least) for _, parts, least in self.contested)

    def _exclusive(self, condition: Condition) -> Iterator[tuple[int, ...]]:
        for axis, exclusives in condition.exclusive.items():
            values = {v for e in exclusives for v in (*e.values, *e.joint)}
            yield tuple(self._of("mention", axis, value) for value in sorted(values))

    def _of(self, *source: str) -> int:
        return self._numbers.setdefault(source, 1 << len(self._numbers))


class Chances:
    """Knows for every rule what must be told of for it to have a chance.

    Args:
        conditions: the catalogue, by id.
        analytes: for variants, whose values count as values of what they are variants of.
    """

    def __init__(self, conditions: Mapping[str, Condition], analytes: Analytes) -> None:
        self._bits = {name: _Bits(condition) for name, condition in conditions.items()}
        self._referred = {name: _referred(name, conditions) for name in conditions}
        self._contested = [(n, bits) for n, bits in self._bits.items() if bits.contested]
        self._by_analyte = {name: tuple(self._of_analyte(name, analytes)) for name in analytes}
        self._by_medication = [
            (name, self._bits[name].get("drug")) for name, c in conditions.items() if c.drugs
        ]
        self._contests = frozenset(name for name, c in conditions.items() if c.contests)
        self._refuting = [
            (name, self.by_mention(name, rule.spec.contest.refuted))
            for name in sorted(self._contests)
            for rule in conditions[name].contests
            if rule.spec.contest
        ]

    def by_mention(self, condition: str, name: str, value: str = "") -> int:
        """Return what a mention of a name, or of an axis with a value, tells of a condition."""
        bits = self._bits[condition]
        return bits.get("mention", name) | bits.get("mention", name, value)

    def by_analyte(self, name: str) -> Sequence[tuple[str, int]]:
        """Return what a value of an analyte tells of: conditions and bits."""
        return self._by_analyte.get(name, ())

    def note_medication(self, told: Told) -> None:
        """Take in what any medication of the record tells of."""
        for condition, bits in self._by_medication:
            if condition in told:  # a drug alone raises no question
                told.add(condition, bits)

    def concerned(self, told: Told, *, several_authors: bool) -> frozenset[str]:
        """Return the conditions worth judging, and those they refer to.

        Args:
            told: all that the record may tell of.
            several_authors: whether its notes are of more than one; only then somebody may have
                ruled out what somebody else asserts.
        """
        found = {name for name, bits in told.items() if self._bits[name].may_speak(bits)}
        if self._contests:
            found |= self._contests
            found |= {n for n, bits in self._contested if bits.may_be_contested(told.get(n, 0))}
            if several_authors and any(told.get(n, 0) & bits for n, bits in self._refuting):
                found |= {n for n, b in told.items() if b & self.by_mention(n, "documented")}
        return frozenset(found.union(*(self._referred[name] for name in found)))

    def _of_analyte(self, name: str, analytes: Analytes) -> Iterator[tuple[str, int]]:
        root = analytes[name].variant_of or name
        # Height and weight make a body mass index.
        names = {name, root} | ({"bmi"} if root in {"height", "weight"} else set())
        for condition, bits in self._bits.items():
            found = reduce(or_, (bits.get("analyte", each) for each in names), 0)
            if found:
                yield condition, found


def _wanted(need: Need, sources: Mapping[str, int]) -> _Wanted:
    parts = tuple(sources.get(name, 0) for name in sorted(need.names))
    return _Wanted(reduce(or_, parts, 0), parts if need.least > 1 else (), need.least)


def _referred(name: str, conditions: Mapping[str, Condition]) -> Collection[str]:
    """Return the conditions that the sentences of one refer to, directly or through others."""
    seen: set[str] = set()
    queue: list[str] = [name]
    while queue:
        for foreign in conditions[queue.pop()].foreign_names:
            owner = foreign.partition(".")[0]
            if owner not in seen:
                seen.add(owner)
                queue.append(owner)
    return frozenset(seen)
