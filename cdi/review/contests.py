"""The question about contradicting statements, and what it does to the other questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cdi.domain.finding import QueryType
from cdi.review.conflicts import Conflict, ConflictFinder
from cdi.review.facts import EncounterFacts
from cdi.review.statements import Statement
from cdi.review.world import ConditionWorld
from cdi.rules.condition import CONTRADICTED, STATED, Condition


class ContestWorld(ConditionWorld):
    """The world of a rule with ``contest``, judged over the statements about another condition.

    Args:
        condition: whose rule is judged.
        facts: the encounter.
        other: gives the world of another condition.
        conflict: the statements that exclude one another, None if there are none.
    """

    def __init__(
        self,
        condition: Condition,
        facts: EncounterFacts,
        other: Callable[[str], ConditionWorld],
        conflict: Conflict | None,
    ) -> None:
        super().__init__(condition, facts, other)
        self.about = conflict.condition if conflict else ""
        self.axis = conflict.axis if conflict else ""
        sides = (conflict.stated, conflict.contradicted) if conflict else ((), ())
        for name, statements in zip((STATED, CONTRADICTED), sides, strict=True):
            self._evidence[name] = tuple(dict.fromkeys(s.words for s in statements))
            self._truth[name] = bool(statements)
        self._sides = sides

    @property
    def parties(self) -> str:
        """Who contradicts whom in what: the newest author of each side, with their capacity."""
        if not self.about:
            return ""
        subject = self.about.replace("_", " ")
        axis = f", {self.axis.replace('_', ' ')}" if self.axis else ""
        one, other = (_author(side[-1]) for side in self._sides)
        return f"{subject}{axis}: {one} against {other}"

    def replaces(self, condition: str, kind: QueryType, missing: Iterable[str]) -> bool:
        """Tell whether the contradiction must be settled before this question is asked.

        Until it is known whether a condition is there at all, nothing else is asked about it; of
        one whose type is contested its acuity still is.
        """
        if condition != self.about:
            return False
        axes = {axis.replace(" ", "_") for axis in missing}
        other = bool(self.axis) and bool(axes) and self.axis not in axes
        return not (other and kind is QueryType.SPECIFICITY)


def _author(statement: Statement) -> str:
    note = statement.note
    name = note.author or note.kind
    return f"{name} ({note.capacity})" if note.capacity else name


def oldest_conflict(
    condition: Condition, subjects: Iterable[Condition], facts: EncounterFacts
) -> Conflict | None:
    """Return the contradiction that has stood longest, None if there is none.

    One question at a time: answering it may change what else is asked.

    Args:
        condition: the one with rules that judge the statements about others (``contest``).
        subjects: these others, of which the record says anything.
        facts: the encounter.
    """
    specs = [rule.spec.contest for rule in condition.contests if rule.spec.contest]
    finders = [ConflictFinder(facts, contest, condition.id) for contest in specs]
    found = (finder.find(subject) for finder in finders for subject in subjects)
    return min(filter(None, found), key=lambda conflict: conflict.since, default=None)
