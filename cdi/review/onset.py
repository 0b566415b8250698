"""When a condition first showed, against the admission.

What was diagnosed during a stay but clearly there before is present on admission (ICD-10-CM
Official Guidelines, appendix I). Timing alone suggests; where a few signs are early and the
diagnosis is late, or the first sign falls between, it settles nothing and only the provider can
tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple, Protocol

from cdi.domain.finding import Pointer, QueryType
from cdi.domain.story import Onset, Presence
from cdi.domain.timeline import instant
from cdi.review.facts import EncounterFacts
from cdi.review.indicators import Pointers, changed_until
from cdi.rules.condition import Condition
from cdi.rules.schema import Group
from cdi.rules.stay import OnsetSpec, installed_stay

# So many signs, one of them objective, raise the question of a diagnosis that nobody wrote.
_ENOUGH = 2
# Seconds before the admission within which values were taken for it.
_BEFORE = 24 * 3600.0
# What may show a disease; what was done and who was at risk does not.
_SHOWING = frozenset({Group.SIGNS, Group.VITAL_SIGNS, Group.LABORATORY, Group.IMAGING})


class EvidencedWorld(Protocol):
    """What onset asks of the world of a condition; see :mod:`cdi.review.world`, which asks it."""

    condition: Condition

    def holds(self, name: str) -> bool:
        """Tell whether a name is true."""

    def evidence_of(self, name: str) -> Pointers:
        """Return the evidence of a name."""


class _First(NamedTuple):
    at: datetime
    evidence: Pointer


def onset(
    world: EvidencedWorld, facts: EncounterFacts, admitted: datetime, spec: OnsetSpec
) -> Onset | None:
    """Return the onset of a condition that a treating provider documented, None of any other.

    Args:
        world: of the condition.
        facts: of the stay.
        admitted: when the patient was admitted.
        spec: what is early and what is late.
    """
    documented = _first_documented(world, facts)
    return _onset(documented, world, facts, admitted, spec) if documented else None


def unclear_onset(world: EvidencedWorld, facts: EncounterFacts) -> tuple[Pointer, ...]:
    """Return the first evidence of a documented condition whose timing settles nothing.

    Empty where it does settle whether the condition was present on admission, or where the stay
    has no time of admission.
    """
    admitted = facts.encounter.admitted_at
    if admitted is None:
        return ()
    spec = installed_stay().onset
    documented = _first_documented(world, facts)
    if (
        documented is None
        or instant(documented.at) <= instant(admitted) + spec.early.total_seconds()
    ):
        return ()  # settled by the words alone, without a look at all the values of a stay
    found = _onset(documented, world, facts, admitted, spec)
    return (found.evidence,) if found.presence is Presence.UNDETERMINED else ()


def _onset(
    documented: _First,
    world: EvidencedWorld,
    facts: EncounterFacts,
    admitted: datetime,
    spec: OnsetSpec,
) -> Onset:
    """Return the onset of a condition, given when it was first documented."""
    signs = _signs(world.condition)
    shown = _first(found for name in signs for found in _timed(_showing(world, name), facts))
    first = min((documented, shown or documented), key=lambda found: instant(found.at))
    begin = instant(admitted)
    early, late = begin + spec.early.total_seconds(), begin + spec.late.total_seconds()
    presence, reason = _judged(instant(documented.at), instant(first.at), early, late)
    if instant(documented.at) > early:
        early_signs = [name for name in signs if _shown_until(world, facts, name, early)]
        if _changed_later(world, facts, (begin, early)):
            presence, reason = Presence.NO, "not so on admission, a change of values later"
        elif _are_enough(early_signs, world.condition):
            presence, reason = Presence.YES, "signs on admission, documented later"
        elif instant(first.at) > early and _found_absent(world, facts, early):
            presence, reason = Presence.NO, "not found on admission, shown later"
    return Onset(world.condition.id, presence, reason, first.at, first.evidence)


def _first_documented(world: EvidencedWorld, facts: EncounterFacts) -> _First | None:
    return _first(_timed(world.evidence_of("documented"), facts))


def _judged(documented: float, first: float, early: float, late: float) -> tuple[Presence, str]:
    """Tell what the times of the first words and of the first evidence suggest."""
    if documented <= early:
        return Presence.YES, "documented on admission"
    if first <= early and documented <= late:
        return Presence.YES, "first signs on admission, documented soon after"
    if first > late:
        return Presence.NO, "neither documented nor shown in the first days"
    if first <= early:
        return Presence.UNDETERMINED, "few signs on admission, documented later"
    return Presence.UNDETERMINED, "first evidence neither early nor late"


def _signs(condition: Condition) -> tuple[str, ...]:
    """Return the indicators that raise the question of an undocumented diagnosis.

    Of a condition that nobody is asked about undocumented, those shown with its other questions.
    """
    indicators = condition.spec.indicators
    names: dict[str, None] = {}
    for rule in condition.rules:
        if rule.spec.type is QueryType.UNDOCUMENTED:
            names.update(dict.fromkeys(condition.rule_names[rule.id].triggers))
    if not names:
        for rule in condition.rules:
            names.update(dict.fromkeys(condition.rule_names[rule.id].shown))
    return tuple(n for n in names if n in indicators and indicators[n].group in _SHOWING)


def _are_enough(names: Iterable[str], condition: Condition) -> bool:
    """Tell whether signs are enough for a diagnosis; two of one analyte are one."""
    signs = [condition.spec.indicators[name] for name in names]
    distinct = {sign.measurement or id(sign) for sign in signs}
    return len(distinct) >= _ENOUGH and any(sign.group.objective for sign in signs)


def _changed_later(
    world: EvidencedWorld, facts: EncounterFacts, admission: tuple[float, float]
) -> bool:
    """Tell whether values of the admission had not changed yet, and did so later."""
    begin, end = admission
    for name in _signs(world.condition):
        indicator = world.condition.spec.indicators[name]
        if indicator.within is None or not world.holds(name):
            continue
        times = (v.time for a in facts.family(indicator.measurement or "") for v in facts.values(a))
        measured = any(t is not None and begin - _BEFORE <= instant(t) <= end for t in times)
        if measured and not changed_until(indicator, facts, end):
            return True
    return False


def _found_absent(world: EvidencedWorld, facts: EncounterFacts, moment: float) -> bool:
    """Tell whether something of the admission spoke against the condition."""
    used = world.condition.rule_names.values()
    against = dict.fromkeys(name for names in used for name in names.against)
    return any(_shown_until(world, facts, name, moment) for name in against)


def _shown_until(world: EvidencedWorld, facts: EncounterFacts, name: str, moment: float) -> bool:
    indicator = world.condition.spec.indicators.get(name)
    if indicator is not None and indicator.within is not None:
        return changed_until(indicator, facts, moment)
    return any(instant(f.at) <= moment for f in _timed(world.evidence_of(name), facts))


def _timed(pointers: Iterable[Pointer], facts: EncounterFacts) -> Iterator[_First]:
    for pointer in pointers:
        at = facts.time_of(pointer)
        if at is not None:
            yield _First(at, pointer)


def _first(found: Iterable[_First]) -> _First | None:
    return min(found, key=lambda first: instant(first.at), default=None)


def _showing(world: EvidencedWorld, name: str) -> Iterator[Pointer]:
    """Yield the evidence of a name; of a change only the value that shows it, not the baseline."""
    pointers = world.evidence_of(name)
    indicator = world.condition.spec.indicators.get(name)
    changed = indicator is not None and indicator.within is not None
    yield from pointers[1::2] if changed else pointers
