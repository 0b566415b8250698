"""When a condition first showed, against the admission.

What was diagnosed during a stay but clearly there before is present on admission (ICD-10-CM
Official Guidelines, appendix I). Timing alone suggests; where signs are early and the diagnosis is
late, or the first sign falls between, it settles nothing and only the provider can tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from cdi.domain.finding import Pointer, QueryType
from cdi.domain.story import Onset, Presence
from cdi.domain.timeline import instant
from cdi.review.facts import EncounterFacts
from cdi.review.world import ConditionWorld
from cdi.rules.condition import Condition
from cdi.rules.stay import OnsetSpec


class _First(NamedTuple):
    at: datetime
    evidence: Pointer


def onset(
    world: ConditionWorld, facts: EncounterFacts, admitted: datetime, spec: OnsetSpec
) -> Onset | None:
    """Return the onset of a condition that a treating provider documented, None of any other.

    Args:
        world: of the condition.
        facts: of the stay.
        admitted: when the patient was admitted.
        spec: what is early and what is late.
    """
    documented = _first(world, facts, ("documented",))
    if documented is None:
        return None
    shown = _first(world, facts, _signs(world.condition))
    first = min((documented, shown or documented), key=lambda found: instant(found.at))
    early, late = spec.early.total_seconds(), spec.late.total_seconds()
    named, began = (instant(f.at) - instant(admitted) for f in (documented, first))
    if named <= early:
        presence, reason = Presence.YES, "documented on admission"
    elif began <= early and named <= late:
        presence, reason = Presence.YES, "first signs on admission, documented soon after"
    elif began > late:
        presence, reason = Presence.NO, "neither documented nor shown in the first days"
    elif began <= early:
        presence, reason = Presence.UNDETERMINED, "signs on admission, documented later"
    else:
        presence, reason = Presence.UNDETERMINED, "first evidence neither early nor late"
    return Onset(world.condition.id, presence, reason, first.at, first.evidence)


def _signs(condition: Condition) -> tuple[str, ...]:
    """Return the indicators that raise the question of an undocumented diagnosis."""
    names: dict[str, None] = {}
    for rule in condition.rules:
        if rule.spec.type is QueryType.UNDOCUMENTED:
            triggers = condition.rule_names[rule.id].triggers
            names.update(dict.fromkeys(n for n in triggers if n in condition.spec.indicators))
    return tuple(names)


def _first(world: ConditionWorld, facts: EncounterFacts, names: tuple[str, ...]) -> _First | None:
    found = (
        _First(at, pointer)
        for name in names
        for pointer in _showing(world, name)
        if (at := facts.time_of(pointer)) is not None
    )
    return min(found, key=lambda first: instant(first.at), default=None)


def _showing(world: ConditionWorld, name: str) -> Iterator[Pointer]:
    """Yield the evidence of a name; of a change only the value that shows it, not the baseline."""
    pointers = world.evidence_of(name)
    indicator = world.condition.spec.indicators.get(name)
    changed = indicator is not None and indicator.within is not None
    yield from pointers[1::2] if changed else pointers
