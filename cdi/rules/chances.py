"""Which conditions have a chance to speak, told before anything is read.

Most conditions of a catalogue are out of the question in most encounters: nothing that one of
their rules needs is so much as mentioned (:mod:`cdi.rules.best_case`). The words of a note tell
that at once; what they mean is then worth finding out for the others only. For each condition,
what may be told of is a set of bits of one number: one for each mention or analyte that its names
rest upon.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import or_

from cdi.domain.finding import QueryType
from cdi.rules.best_case import Test, best_case, enough
from cdi.rules.condition import Condition
from cdi.rules.measurements import Analytes
from cdi.rules.rule import Rule


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


class _Bits:
    """The bits of one condition, and what its rules want of them."""

    def __init__(self, condition: Condition) -> None:
        self._count = 0
        self.drug = self._new()
        self.mentions: dict[str, int] = {}
        self.analytes: dict[str, int] = {}
        self.values: dict[tuple[str, str], int] = {}
        self._names = dict.fromkeys(condition.drugs, self.drug)
        for source, names in condition.told_by.items():
            bits = self.mentions[source] = self._new()
            if source in condition.analytes:
                self.analytes[source] = self._new()
                bits |= self.analytes[source]
            self._names |= {name: self._names.get(name, 0) | bits for name in names}
        self._rules = [
            (rule, tuple(self._tests(condition, rule)))
            for rule in condition.rules
            if not rule.spec.contest
        ]
        # Two values that exclude one another are what a contradiction needs.
        self.contested = [enough(bits, 2) for bits in self._exclusive(condition)]

    def may_speak(self, told: int) -> bool:
        """Tell whether enough is told for any rule to speak."""
        for _, tests in self._rules:
            for test in tests:
                if not test(told):
                    break
            else:
                return True
        return False

    def rules(self, told: int) -> list[Rule]:
        """Return the rules of which enough is told to speak, in their order."""
        found = []
        for rule, tests in self._rules:
            for test in tests:
                if not test(told):
                    break
            else:
                found.append(rule)
        return found

    def _tests(self, condition: Condition, rule: Rule) -> Iterator[Test]:
        test = best_case(rule.when, condition.facts, self._names)
        if test is not None:
            yield test
        if rule.spec.type is QueryType.UNDOCUMENTED:
            indicators = condition.rule_names[rule.id].indicators
            bits = (self._names.get(name, 0).__and__ for name in dict.fromkeys(indicators))
            yield enough(bits, rule.spec.min_indicators)

    def _exclusive(self, condition: Condition) -> Iterator[list[Test]]:
        for axis, exclusives in condition.exclusive.items():
            values = sorted({v for e in exclusives for v in (*e.values, *e.joint)})
            self.values |= {(axis, value): self._new() for value in values}
            yield [self.values[axis, value].__and__ for value in values]

    def _new(self) -> int:
        self._count += 1
        return 1 << self._count


class Chances:
    """Knows for every rule what must be told of for it to have a chance.

    Args:
        conditions: the catalogue, by id.
        analytes: for variants, whose values count as values of what they are variants of.
    """

    def __init__(self, conditions: Mapping[str, Condition], analytes: Analytes) -> None:
        self._bits = {name: _Bits(condition) for name, condition in conditions.items()}
        self._referred = {name: _referred(name, conditions) for name in conditions}
        self._contested = [(n, b.contested) for n, b in self._bits.items() if b.contested]
        self._by_analyte = {name: tuple(self._of_analyte(name, analytes)) for name in analytes}
        self._by_medication = [
            (name, self._bits[name].drug) for name, c in conditions.items() if c.drugs
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
        return bits.mentions.get(name, 0) | bits.values.get((name, value), 0)

    def by_analyte(self, name: str) -> Sequence[tuple[str, int]]:
        """Return what a value of an analyte tells of: conditions and bits."""
        return self._by_analyte.get(name, ())

    def note_medication(self, told: Told) -> None:
        """Take in what any medication of the record tells of."""
        for condition, bits in self._by_medication:
            if condition in told:  # a drug alone raises no question
                told.add(condition, bits)

    def told(
        self, condition: str, names: Iterable[str], analytes: Iterable[str], *, drugs: bool
    ) -> int:
        """Return what is told of a condition.

        Args:
            condition: the condition.
            names: those of which there are mentions.
            analytes: those of the condition that are measured.
            drugs: whether the record has any medications.
        """
        bits, told = self._bits[condition], 0
        by_mention = bits.mentions.get
        for name in names:
            told |= by_mention(name, 0)
        for analyte in analytes:
            told |= bits.analytes[analyte]
        return told | bits.drug if told and drugs else told  # a drug alone asks nothing

    def rules(self, condition: str, told: int) -> list[Rule]:
        """Return the rules of a condition of which enough is told to speak, in their order."""
        return self._bits[condition].rules(told) if told else []

    def concerned(self, told: Told, *, several_authors: bool) -> frozenset[str]:
        """Return the conditions worth judging, and those they refer to.

        Args:
            told: all that the record may tell of.
            several_authors: whether its notes are of more than one; only then somebody may have
                ruled out what somebody else asserts.
        """
        found = {name for name, bits in told.items() if bits and self._bits[name].may_speak(bits)}
        if self._contests:
            contested = {
                name
                for name, axes in self._contested
                if any(axis(told.get(name, 0)) for axis in axes)
            }
            if several_authors and any(told.get(n, 0) & bits for n, bits in self._refuting):
                contested |= {n for n, b in told.items() if b & self.by_mention(n, "documented")}
            if contested:
                found |= self._contests | contested
        return frozenset(found.union(*(self._referred[name] for name in found)))

    def _of_analyte(self, name: str, analytes: Analytes) -> Iterator[tuple[str, int]]:
        root = analytes[name].variant_of or name
        # Height and weight make a body mass index.
        names = {name, root} | ({"bmi"} if root in {"height", "weight"} else set())
        for condition, bits in self._bits.items():
            found = reduce(or_, (bits.analytes.get(each, 0) for each in names), 0)
            if found:
                yield condition, found


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
