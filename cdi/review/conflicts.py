"""Statements about one condition that exclude one another and that nobody has settled.

A pure function of the facts of an encounter, over one note as over a stay: a change of mind is
none (the last note of an author counts), nor an acuity that evolves, a slip, or two lesions. What
excludes what is declared in the condition files (``exclusive`` of an axis); that a diagnosis cannot
be present and ruled out holds for all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from itertools import combinations
from typing import NamedTuple

from cdi.review.facts import EncounterFacts
from cdi.review.statements import Place, Remarks, Statement, StatementReader, settled, standing
from cdi.rules.condition import Condition
from cdi.rules.schema import Contest, Exclusive

# Statements that may change with the course of an illness are compared within this time.
_ONE_MOMENT = timedelta(hours=24)
# One statement outside of the conclusions against this many others is a slip of the pen.
_MANY = 3


class Conflict(NamedTuple):
    """Statements about a condition that exclude one another.

    Attributes:
        condition: the condition.
        axis: the axis they disagree in, "" if the condition is both present and ruled out.
        stated: those of the side that spoke first, in order.
        contradicted: those of the other side, in order.
        since: the place in the record from which the contradiction stands.
    """

    condition: str
    axis: str
    stated: tuple[Statement, ...]
    contradicted: tuple[Statement, ...]
    since: Place


class ConflictFinder:
    """Looks for conflicts in one encounter.

    Args:
        facts: the encounter.
        contest: where to look, from the rule file.
        owner: the condition whose file it is; its indicators hold the words named in ``contest``.
    """

    def __init__(self, facts: EncounterFacts, contest: Contest, owner: str) -> None:
        self._facts = facts
        self._concluding = frozenset(contest.concluding)
        self._statements = StatementReader(facts, contest.sections)
        self._refuting = Remarks(facts.mentions(owner, contest.refuted))
        self._settling = Remarks(facts.mentions(owner, contest.settled))

    def find(self, condition: Condition) -> Conflict | None:
        """Return the conflict about a condition that has stood longest, None if there is none."""
        facts, told = self._facts, self._facts.told(condition)
        bits = facts.names(condition)
        found = [
            conflict
            for axis, exclusives in condition.exclusive.items()
            if told & bits[axis]
            and len({m.mention.value for m in facts.mentions(condition.id, axis)}) > 1
            for exclusive in exclusives
            for conflict in self._of_axis(condition, axis, exclusive)
        ]
        if self._refuting and told & bits["documented"] and told & bits["denied"]:
            found += self._of_presence(condition)
        return min(found, key=lambda conflict: conflict.since, default=None)

    def _of_axis(self, condition: Condition, axis: str, exclusive: Exclusive) -> list[Conflict]:
        chosen = {*exclusive.values, *exclusive.joint}
        every = [s for s in self._statements.of_axis(condition, axis) if s.value in chosen]
        if _said_together(every, exclusive):
            return []
        kept = standing(every)
        found = []
        for one, other in combinations(exclusive.values, 2):
            sides = [s for s in kept if s.value == one], [s for s in kept if s.value == other]
            sides = _comparable(*sides, exclusive)
            if all(sides) and not self._is_slip(*sides):
                found += self._unsettled(condition.id, axis, *sides)
        return found

    def _of_presence(self, condition: Condition) -> list[Conflict]:
        present, refuted = self._statements.of_presence(condition, self._refuting)
        refuted = [s for s in refuted if s.section in self._concluding]
        weighed = {s.note.id for s in present} & {s.note.id for s in refuted}
        denials = {s.place for s in refuted}
        kept = standing([*present, *refuted])
        found = []
        for denial in kept:
            if denial.place not in denials or denial.note.id in weighed:
                continue
            # What is found after it was ruled out is a new event; who later speaks of both decides.
            named = [s for s in present if _same_diagnosis(condition, denial, s)]
            if not any(s.place < denial.place for s in named) or any(
                s.note.id in weighed and s.place > denial.place for s in present
            ):
                continue
            others = [
                s
                for s in kept
                if s.place not in denials
                and s.note.author != denial.note.author
                and s.note.id not in weighed
                and _same_diagnosis(condition, denial, s)
            ]
            found += self._unsettled(condition.id, "", others, [denial])
        return found

    def _is_slip(self, one: Sequence[Statement], other: Sequence[Statement]) -> bool:
        few, many = sorted((one, other), key=len)
        return len(few) == 1 and len(many) >= _MANY and few[0].section not in self._concluding

    def _unsettled(
        self, condition: str, axis: str, one: Sequence[Statement], other: Sequence[Statement]
    ) -> list[Conflict]:
        if not (one and other):
            return []
        first, second = sorted((one, other), key=lambda side: side[0].place)
        older, newest = sorted((first[-1], second[-1]), key=lambda s: s.place)
        if settled(newest, older, self._settling, (first, second)):
            return []
        return [Conflict(condition, axis, tuple(first), tuple(second), second[0].place)]


def _said_together(statements: Sequence[Statement], exclusive: Exclusive) -> bool:
    """Tell whether somebody says both in one breath: then they are known to be two things."""
    if any(statement.value in exclusive.joint for statement in statements):
        return True
    places = {(s.note.id, s.section, s.value) for s in statements}
    return any(count > 1 for count in Counter(place[:2] for place in places).values())


def _comparable(
    one: Sequence[Statement], other: Sequence[Statement], exclusive: Exclusive
) -> tuple[list[Statement], list[Statement]]:
    """Keep the statements of each side that speak of the same thing as one of the other side."""
    return (
        [s for s in one if any(_comparable_pair(s, t, exclusive) for t in other)],
        [t for t in other if any(_comparable_pair(s, t, exclusive) for s in one)],
    )


def _comparable_pair(one: Statement, other: Statement, exclusive: Exclusive) -> bool:
    if exclusive.same:
        names = {axis.replace(" ", "_") for axis in exclusive.same}
        shared = one.related & other.related
        if not any(name in names for name, _ in shared):
            return False
    if not exclusive.evolves:
        return True
    if one.time is None or other.time is None or one.note.id == other.note.id:
        return False
    return abs(one.place[0] - other.place[0]) <= _ONE_MOMENT.total_seconds()


def _same_diagnosis(condition: Condition, denial: Statement, present: Statement) -> bool:
    """Tell whether what is denied is what is asserted, or a wider term for it.

    "Sepsis ruled out" contradicts severe sepsis and septic shock, since sepsis is the name of the
    condition itself; "septic shock ruled out" does not contradict sepsis.
    """
    denied = _words(denial.value)
    wider = denied <= _words(present.value) or denied <= _words(condition.spec.title)
    return wider and denial.within <= present.related


def _words(text: str) -> frozenset[str]:
    return frozenset(text.casefold().replace("-", " ").split())
