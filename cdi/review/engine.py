"""The review: judging every rule of the catalogue against the facts of an encounter.

What holds for all conditions stands here and in no rule file: one query per condition, validation
before specificity before undocumented, no query for what is documented, being worked up or ruled
out, at least two indicators with an objective one among them, the more specific condition where
two overlap, and nothing else about a condition while it is contested whether it is there.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from cdi.domain.encounter import Encounter
from cdi.domain.finding import (
    Evidence,
    EvidenceRole,
    Explanation,
    Finding,
    NameTruth,
    QueryType,
    Review,
)
from cdi.domain.reading import Reading
from cdi.review.contests import ContestWorld, oldest_conflict
from cdi.review.facts import EncounterFacts
from cdi.review.treatments import Without, ended_treatments
from cdi.review.world import ConditionWorld
from cdi.rules.catalogue import Catalogue
from cdi.rules.condition import Condition
from cdi.rules.rule import PRECEDENCE, Rule
from cdi.rules.schema import Group


class Asked(NamedTuple):
    """The rule that speaks for a condition and the axes it asks for."""

    rule: Rule
    missing: tuple[str, ...]


class Verdict(NamedTuple):
    """Whether a rule speaks; if not, why in plain words."""

    missing: tuple[str, ...]
    silence: str


def review(
    encounter: Encounter,
    readings: Mapping[str, Reading],
    catalogue: Catalogue,
    concerned: Iterable[str] | None = None,
) -> Review:
    """Review an encounter.

    Args:
        encounter: the stay.
        readings: what was read from each of its notes, by note id.
        catalogue: the rules to judge by.
        concerned: the conditions that have a chance to speak; not known if None.

    Returns:
        The findings, most important first.
    """
    worlds = Worlds(EncounterFacts(encounter, readings, catalogue), catalogue)
    asking: dict[str, Asked] = {}
    for condition, rules in worlds.concerned(None if concerned is None else sorted(concerned)):
        asked = ask(worlds[condition.id], rules)
        if asked is not None:
            asking[condition.id] = asked
    kept = [
        make_finding(worlds[name], asked)
        for name, asked in asking.items()
        if not overlapped(name, catalogue, asking) and not worlds.contest_before(name, asking)
    ]
    ordered = tuple(readings[note.id] for note in encounter.notes if note.id in readings)
    return Review(encounter, by_importance(kept), ordered)


def by_importance(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort findings, the most important first."""
    key = lambda f: (-f.priority.rank, PRECEDENCE.index(f.type), f.condition)  # noqa: E731
    return tuple(sorted(findings, key=key))


def explain(
    encounter: Encounter,
    readings: Mapping[str, Reading],
    catalogue: Catalogue,
    condition: str,
) -> tuple[Explanation, ...]:
    """Tell for every rule of a condition why it speaks or why it is silent."""
    chosen = catalogue.condition(condition)
    worlds = Worlds(EncounterFacts(encounter, readings, catalogue), catalogue)
    world = worlds[chosen.id]
    spoken = ask(world)
    explanations = []
    for rule in chosen.rules:
        silence = judge(rule, world).silence
        if not silence and spoken is not None and spoken.rule.id != rule.id:
            first = spoken.rule
            silence = f"one query per condition: {first.id} ({first.spec.type}) comes first"
        explanations.append(_explanation(rule, world, silence))
    return tuple(explanations)


class Worlds:
    """The worlds of all conditions, made when first asked for."""

    def __init__(self, facts: EncounterFacts, catalogue: Catalogue) -> None:
        self._facts, self._catalogue = facts, catalogue
        self._made: dict[str, ConditionWorld] = {}
        # Weak: worlds that held their holder would be a circle, and all the facts of an encounter
        # would wait for the garbage collector.
        holder = weakref.proxy(self)
        self._other: Callable[[str], ConditionWorld] = lambda condition: holder[condition]

    def __getitem__(self, condition: str) -> ConditionWorld:
        if condition not in self._made:
            found = self._catalogue.condition(condition)
            self._made[condition] = self._make(found)
        return self._made[condition]

    def _make(self, condition: Condition) -> ConditionWorld:
        if not condition.contests:
            return ConditionWorld(condition, self._facts, self._other)
        subjects = [self._catalogue.conditions[name] for name in self._facts.subjects()]
        conflict = oldest_conflict(condition, subjects, self._facts)
        return ContestWorld(condition, self._facts, self._other, conflict)

    def contest_before(self, name: str, asking: Mapping[str, Asked]) -> str:
        """Return the condition whose question about contradicting statements comes before one.

        Args:
            name: the condition whose question may have to wait.
            asking: what every condition would ask.

        Returns:
            "" if the question may be asked. A condition whose own rules see the conflict asks
            itself, and the other question is dropped.
        """
        for condition in self._catalogue.contests:
            world = self[condition] if condition in asking else None
            if not isinstance(world, ContestWorld):
                continue
            own = asking.get(world.about)
            itself = own is not None and own.rule.spec.type is QueryType.CONFLICT
            if itself and name == condition:
                return world.about
            rule, missing = asking[name]
            if not itself and world.replaces(name, rule.spec.type, missing):
                return condition
        return ""

    def forget(self, conditions: Iterable[str]) -> None:
        """Make worlds anew of which the facts have changed."""
        for condition in conditions:
            self._made.pop(condition, None)

    def concerned(
        self, conditions: Iterable[str] | None = None
    ) -> Iterator[tuple[Condition, Sequence[Rule]]]:
        """Yield each condition of which enough is told for one of its rules, and these rules.

        Args:
            conditions: look at these only; at all if None.
        """
        facts, chances, every = self._facts, self._catalogue.chances, self._catalogue.conditions
        drugs = bool(facts.medications)
        for condition in every.values() if conditions is None else map(every.get, conditions):
            if condition is None:
                continue
            if condition.contests:
                yield condition, condition.rules
                continue
            rules = chances.rules(condition.id, facts.told(condition))
            # A drug alone raises no question.
            if rules and (not drugs or facts.speaks_of(condition)):
                yield condition, rules


def ask(world: ConditionWorld, rules: Iterable[Rule] | None = None) -> Asked | None:
    """Return the question a condition asks in its world, None if it asks none.

    Args:
        world: of the condition.
        rules: those of its rules that may speak, in their order; all if None.
    """
    for rule in world.condition.rules if rules is None else rules:
        verdict = judge(rule, world)
        if not verdict.silence:
            return Asked(rule, verdict.missing)
    return None


def judge(rule: Rule, world: ConditionWorld) -> Verdict:
    """Tell whether a rule speaks in the world of its condition."""
    if rule.spec.type is QueryType.UNDOCUMENTED:
        for name, reason in _SILENCED_BY:
            if world.holds(name) and not (name == "denied" and _outlived(rule, world)):
                return Verdict((), reason)
    if not rule.when.holds(world):
        return Verdict((), "its sentence is not true")
    ended = ended_treatments(rule, world)
    if ended and not rule.when.holds(Without(world, ended)):
        return Verdict((), "the treatment had ended before")
    if rule.spec.type is QueryType.UNDOCUMENTED:
        silence = _too_little(rule, world)
        if silence:
            return Verdict((), silence)
    missing = _missing(rule, world)
    if rule.spec.type is QueryType.SPECIFICITY and not missing and _asks_axes(rule):
        return Verdict((), "everything it asks for is documented")
    return Verdict(missing, "")


_SILENCED_BY = (
    ("documented", "the condition is documented"),
    ("considered", "the condition is being worked up"),
    ("denied", "a provider has ruled the condition out"),
)


# What shows so long after a diagnosis was ruled out was not known when it was.
_OUTLIVED_AFTER = 48 * 3600.0


def _outlived(rule: Rule, world: ConditionWorld) -> bool:
    """Tell whether one of the indicators appeared only long after the diagnosis was denied."""
    denied = max(world.times("denied"), default=None)
    if denied is None:
        return False
    named = [n for n in world.condition.rule_names[rule.id].indicators if world.holds(n)]
    appeared = max((min(world.times(name), default=denied) for name in named), default=denied)
    return appeared - denied > _OUTLIVED_AFTER


def _asks_axes(rule: Rule) -> bool:
    return bool(rule.spec.missing or rule.spec.missing_when)


def _missing(rule: Rule, world: ConditionWorld) -> tuple[str, ...]:
    axes = list(rule.spec.missing)
    axes += [axis for axis, when in rule.missing_when.items() if when.holds(world)]
    return tuple(axis for axis in axes if not world.holds(axis.replace(" ", "_")))


def _too_little(rule: Rule, world: ConditionWorld) -> str:
    """Undocumented diagnoses need two indicators of this encounter, one of them objective."""
    indicators = world.condition.spec.indicators
    named = world.condition.rule_names[rule.id].indicators
    holding = [name for name in named if world.holds(name)]
    if len(holding) < rule.spec.min_indicators:
        return f"only {len(holding)} of {rule.spec.min_indicators} indicators"
    if not any(name in indicators and indicators[name].group.objective for name in holding):
        return "no objective indicator"
    return ""


def make_finding(world: ConditionWorld, asked: Asked) -> Finding:
    """Return what is asked, with its evidence and explanation."""
    rule = asked.rule
    return Finding(
        condition=world.condition.id,
        id=rule.id,
        type=rule.spec.type,
        missing=asked.missing,
        priority=rule.spec.priority,
        evidence=_evidence(rule, world),
        explanation=_explanation(rule, world, ""),
        about=world.about,
    )


def _evidence(rule: Rule, world: ConditionWorld) -> tuple[Evidence, ...]:
    """Return each pointer once; what the rule calls contrary is so even if it triggered."""
    found: dict[object, Evidence] = {}
    used, headings = world.condition.rule_names[rule.id], world.condition.headings
    for names, role in (
        (used.against, EvidenceRole.AGAINST),
        (used.triggers, EvidenceRole.TRIGGER),
        (used.shown, EvidenceRole.SUPPORTS),
    ):
        for name in names:
            for pointer in world.evidence(name):
                if pointer not in found:
                    group = headings.get(name, _STATED)
                    found[pointer] = Evidence(pointer, name, role, group)
    return tuple(found.values())


# What is no indicator is a word of the documentation itself.
_STATED = Group.DOCUMENTATION.value


def _explanation(rule: Rule, world: ConditionWorld, silence: str) -> Explanation:
    names = world.condition.rule_names[rule.id].explained
    return Explanation(
        rule=f"{world.condition.id}.{rule.id}",
        version=world.condition.spec.version,
        sentence=rule.when.text,
        names=tuple(
            [NameTruth(name, world.holds(name), world.evidence_of(name)) for name in names]
        ),
        outcome=silence,
    )


def overlapped(condition: str, catalogue: Catalogue, asking: Container[str]) -> bool:
    """Tell whether a more specific condition asks already."""
    return any(other in asking for other in catalogue.condition(condition).spec.yields_to)
