"""Treatment that was over before there was anything to treat.

A drug that was stopped counts for what it was given for, not for what shows days after its stop: an
antibiotic of the first two days is no treatment of an infiltrate of the seventh.
"""

from __future__ import annotations

from datetime import datetime

from cdi.domain.encounter import Medication, MedicationKind
from cdi.domain.finding import MedicationPointer, QueryType
from cdi.domain.timeline import instant
from cdi.review.world import ConditionWorld
from cdi.rules.rule import Rule
from cdi.rules.schema import Group

# Seconds for which a drug still counts after its last dose.
_STILL = 24 * 3600.0


class Without:
    """A world in which some names are false, and with them the facts that rest on them alone."""

    def __init__(self, world: ConditionWorld, names: frozenset[str]) -> None:
        self._world, self._names = world, names

    def holds(self, name: str) -> bool:
        """Tell whether a name is true."""
        if name in self._names:
            return False
        fact = self._world.condition.facts.get(name)
        return fact.holds(self) if fact else self._world.holds(name)

    def values(self, name: str) -> frozenset[str]:
        """Return the values documented for an axis."""
        return self._world.values(name)

    def together(self, parts: tuple[tuple[str, ...], ...], count: int, hours: int) -> bool:
        """Tell whether so many of the groups of names have evidence within so many hours."""
        kept = tuple(tuple(n for n in names if n not in self._names) for names in parts)
        return self._world.together(tuple(filter(None, kept)), count, hours)


def ended_treatments(rule: Rule, world: ConditionWorld) -> frozenset[str]:
    """Return the names that rest on drugs alone which had ended before anything else showed.

    Only of a diagnosis that nobody wrote: what is documented is asked about with or without
    treatment.
    """
    if rule.spec.type is not QueryType.UNDOCUMENTED:
        return frozenset()
    indicators = world.condition.spec.indicators
    triggers = world.condition.rule_names[rule.id].triggers
    given = [n for n in triggers if n in indicators and indicators[n].drugs and world.holds(n)]
    if not given:
        return frozenset()
    shown = [
        at
        for name in triggers
        if name not in given
        and (name not in indicators or indicators[name].group is not Group.TREATMENT)
        and world.holds(name)
        for at in world.times(name)
    ]
    if not shown:
        return frozenset()
    began = min(shown)
    return frozenset(name for name in given if _had_ended(world, name, began))


def _had_ended(world: ConditionWorld, name: str, moment: float) -> bool:
    for pointer in world.evidence(name):
        if not isinstance(pointer, MedicationPointer):
            return False  # a note speaks of it
        drug = world.medication(pointer.medication_id)
        end = _end(drug) if drug else None
        if end is None or instant(end) + _STILL >= moment:
            return False
    return True


def _end(drug: Medication) -> datetime | None:
    """Return when a drug was last given; None if it goes on or nothing tells."""
    if drug.ended_at is not None:
        return drug.ended_at
    return drug.started_at if drug.kind is MedicationKind.ADMINISTERED else None
