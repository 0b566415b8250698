"""Which conditions have a chance to speak, and which of their rules.

Most conditions of a catalogue are out of the question in most encounters: nothing that one of
their rules needs is so much as mentioned (:mod:`cdi.rules.best_case`). The words of a note tell
that at once; what they mean is then worth finding out for the others only. Once it is known what
a note claims and measures, most of these are out of the question too: the diagnosis is denied, no
value passes a threshold. For each condition, what may be told of is a set of bits of one number:
one for each name that its sentences use.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import or_

from cdi.domain.finding import QueryType
from cdi.domain.reading import Assertion, Certainty, is_claimed
from cdi.rules.best_case import BestCase, Test, best_case, enough
from cdi.rules.condition import Condition
from cdi.rules.measurements import Analyte, Analytes
from cdi.rules.rule import Rule
from cdi.rules.thresholds import accepted
from cdi.rules.value_steps import Step, ValueSteps

_SEXES = (None, "female", "male")


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
        self._condition = condition
        self.names = {n: self._new() for n in sorted(condition.names - condition.facts.keys())}
        self.values: dict[tuple[str, str], int] = {}
        self.drug = self._any(condition.drugs)
        self.mentions = {source: self._any(told) for source, told in condition.told_by.items()}
        self._rules = [
            (rule, self._best_case(rule)) for rule in condition.rules if not rule.spec.contest
        ]
        # Two values that exclude one another are what a contradiction needs.
        self.contested = [enough(bits, 2) for bits in self._exclusive(condition)]

    def stated(self, source: str, assertion: Assertion, certainty: Certainty) -> int:
        """Return the names that may be true by what a mention claims."""
        return self._any(
            name
            for name in self._condition.told_by.get(source, ())
            if _may_hold(self._condition, name, assertion, certainty)
        )

    def measured(self, analytes: Collection[str]) -> dict[str, int]:
        """Return the indicators that test one of these analytes, with their bits."""
        indicators = self._condition.spec.indicators.items()
        return {name: self.names[name] for name, i in indicators if i.measurement in analytes}

    def may_speak(self, told: int) -> bool:
        """Tell whether enough is told for any rule to speak."""
        for _, case in self._rules:  # noqa: SIM110  any() takes twice the time
            if case.may_hold(told):
                return True
        return False

    def rules(self, told: int) -> list[Rule]:
        """Return the rules of which enough is told to speak, in their order."""
        return [rule for rule, case in self._rules if case.may_hold(told)]

    def _best_case(self, rule: Rule) -> BestCase:
        condition = self._condition
        case = best_case(rule.when, condition.facts, self.names)
        if rule.spec.type is not QueryType.UNDOCUMENTED:
            return case
        bits = (self.names[name] for name in condition.rule_names[rule.id].indicators)
        return case.and_at_least(rule.spec.min_indicators, bits)

    def _exclusive(self, condition: Condition) -> Iterator[list[Test]]:
        for axis, exclusives in condition.exclusive.items():
            values = sorted({v for e in exclusives for v in (*e.values, *e.joint)})
            self.values |= {(axis, value): self._new() for value in values}
            yield [self.values[axis, value].__and__ for value in values]

    def _any(self, names: Iterable[str]) -> int:
        return reduce(or_, (self.names[name] for name in names), 0)

    def _new(self) -> int:
        self._count += 1
        return 1 << self._count


Statement = tuple[str, str, Assertion, Certainty]
"""Condition and name of a mention, and what the text claims of it."""


class _Stated(dict[Statement, int]):
    """What a statement tells of its condition, worked out when it is first made."""

    def __init__(self, bits: Mapping[str, _Bits]) -> None:
        super().__init__()
        self._bits = bits

    def __missing__(self, statement: Statement) -> int:
        condition, source, assertion, certainty = statement
        bits = self._bits.get(condition)
        found = self[statement] = bits.stated(source, assertion, certainty) if bits else 0
        return found


class Chances:
    """Knows for every rule what must be told of for it to have a chance.

    Attributes:
        stated: what a mention tells of its condition once it is known what the text claims of it.

    Args:
        conditions: the catalogue, by id.
        analytes: for variants, whose values count as values of what they are variants of.
    """

    def __init__(self, conditions: Mapping[str, Condition], analytes: Analytes) -> None:
        self._bits = {name: _Bits(condition) for name, condition in conditions.items()}
        self._referred = {name: _referred(name, conditions) for name in conditions}
        self._contested = {n: b.contested for n, b in self._bits.items() if b.contested}
        self._conditions, self._analytes = conditions, analytes
        self._measured = {name: _measured(c, analytes) for name, c in conditions.items()}
        self._by_analyte = {name: tuple(self._of_analyte(name)) for name in analytes}
        self.stated = _Stated(self._bits)
        self._steps: dict[str, ValueSteps] = {}
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

    def names(self, condition: str) -> Mapping[str, int]:
        """Return the bits of the names of a condition; facts have none of their own."""
        return self._bits[condition].names

    def by_value(
        self, analyte: str, low: float, high: float, comparator: str
    ) -> Sequence[tuple[str, int]]:
        """Return what a value tells of: the indicators whose thresholds it may pass."""
        return self._steps_of(analyte).told(low, high, comparator)

    def by_change(self, analyte: str) -> Sequence[tuple[str, int]]:
        """Return what two values of an analyte may tell of: rises, falls and ratios."""
        return self._steps_of(analyte).changes

    def drugs(self, condition: str) -> int:
        """Return what any medication of the record tells of a condition."""
        return self._bits[condition].drug

    def note_medication(self, told: Told) -> None:
        """Take in what any medication of the record tells of."""
        for condition, bits in self._by_medication:
            if condition in told:  # a drug alone raises no question
                told.add(condition, bits)

    def rules(self, condition: str, told: int) -> list[Rule]:
        """Return the rules of a condition of which enough is told to speak, in their order."""
        return self._bits[condition].rules(told) if told else []

    def concerned(self, told: Told, *, several_authors: bool) -> frozenset[str]:
        """Return the conditions worth judging.

        Args:
            told: all that the record may tell of.
            several_authors: whether its notes are of more than one; only then somebody may have
                ruled out what somebody else asserts.
        """
        found = {name for name, bits in told.items() if bits and self._bits[name].may_speak(bits)}
        if self._contests:
            contested = {
                name
                for name in told.keys() & self._contested.keys()
                if any(axis(told[name]) for axis in self._contested[name])
            }
            if several_authors and any(told.get(n, 0) & bits for n, bits in self._refuting):
                contested |= {n for n, b in told.items() if b & self.by_mention(n, "documented")}
            if contested:
                found |= self._contests | contested
        return frozenset(found)

    def read_for(self, concerned: Iterable[str]) -> frozenset[str]:
        """Return the conditions to read notes for in order to judge some.

        These, and those to which they refer by more than the names of the diagnosis, which are
        read in any case.
        """
        return frozenset(concerned).union(*(self._referred[name] for name in concerned))

    def measured_for(self, conditions: Iterable[str]) -> frozenset[str]:
        """Return the analytes whose values some conditions look at."""
        return frozenset[str]().union(*(self._measured[name] for name in conditions))

    def _of_analyte(self, name: str) -> Iterator[tuple[str, int]]:
        root = self._analytes[name].variant_of or name
        # Height and weight make a body mass index.
        names = {name, root} | ({"bmi"} if root in {"height", "weight"} else set())
        for condition, bits in self._bits.items():
            found = reduce(or_, bits.measured(names).values(), 0)
            if found:
                yield condition, found

    def _steps_of(self, name: str) -> ValueSteps:
        """Return what the values of an analyte tell of, worked out when one is first met."""
        steps = self._steps.get(name)
        if steps is None:
            analyte = self._analytes.get(name)
            found = self._indicators(analyte) if analyte else ()
            steps = self._steps[name] = ValueSteps(found)
        return steps

    def _indicators(self, analyte: Analyte) -> Iterator[Step]:
        names = {analyte.id, analyte.variant_of or analyte.id}
        for condition, bits in self._bits.items():
            for name, bit in bits.measured(names).items():
                indicator = self._conditions[condition].spec.indicators[name]
                changes = indicator.within is not None
                ranges = {accepted(indicator, analyte, sex) for sex in _SEXES}
                yield Step(condition, bit, () if changes else tuple(ranges))


def _may_hold(condition: Condition, name: str, assertion: Assertion, certainty: Certainty) -> bool:
    """Tell whether a mention may make a name true, whatever else the name asks for."""
    if name == "considered":
        return certainty is Certainty.WORKUP
    if name == "denied":
        return assertion is Assertion.ABSENT
    if name == "historical":
        return assertion is Assertion.HISTORICAL
    if is_claimed(assertion, certainty):
        return True
    indicator = condition.spec.indicators.get(name)
    past = name in condition.axis_names or (indicator and (indicator.past or indicator.ever))
    return bool(past) and assertion is Assertion.HISTORICAL


# What these say of a condition rests upon the names of its diagnosis.
_OF_DIAGNOSIS = frozenset({"documented", "considered", "denied", "vague", "historical"})


def _referred(name: str, conditions: Mapping[str, Condition]) -> Collection[str]:
    """Return the conditions of which a condition must know more than the diagnosis.

    Directly or through others.
    """
    seen: set[str] = set()
    queue: list[str] = [name]
    while queue:
        for foreign in conditions[queue.pop()].foreign_names:
            owner, _, rest = foreign.partition(".")
            if owner not in seen and rest not in _OF_DIAGNOSIS:
                seen.add(owner)
                queue.append(owner)
    return frozenset(seen)


def _measured(condition: Condition, analytes: Analytes) -> frozenset[str]:
    """Return the analytes that a condition looks at, with all variants and what they come from."""
    every = set(condition.analytes)
    if "bmi" in every:
        every |= {"height", "weight"}
    return frozenset(variant for name in every for variant in analytes.family(name))
