"""The names a rule uses, by what it uses them for; worked out once for each rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cdi.rules.expression import Sentence
from cdi.rules.rule import Rule
from cdi.rules.schema import ConditionSpec


class RuleNames(NamedTuple):
    """The names of a rule; in all but ``explained``, facts are replaced by what they affirm.

    Attributes:
        triggers: those whose truth speaks for its sentence.
        shown: those quoted when they hold.
        against: those quoted as contrary evidence.
        indicators: those that count for an undocumented diagnosis.
        explained: those whose truth an explanation tells.
    """

    triggers: tuple[str, ...]
    shown: tuple[str, ...]
    against: tuple[str, ...]
    indicators: tuple[str, ...]
    explained: tuple[str, ...]


def rule_names(rule: Rule, spec: ConditionSpec, facts: Mapping[str, Sentence]) -> RuleNames:
    """Return the names of a rule of a condition with these facts."""
    affirmed, named = rule.when.affirmed(), rule.when.names()
    counted = expanded((*affirmed, *rule.spec.show), facts)
    indicators = tuple(n for n in counted if n in spec.indicators or n == "vague")
    needed = (name for option in rule.spec.options for name in option.needs)
    return RuleNames(
        triggers=expanded(affirmed, facts),
        shown=expanded(rule.spec.show, facts),
        against=expanded(rule.spec.against, facts),
        indicators=indicators,
        explained=tuple(dict.fromkeys((*named, *expanded((*named, *needed), facts)))),
    )


def expanded(names: Iterable[str], facts: Mapping[str, Sentence]) -> tuple[str, ...]:
    """Replace facts by the names their sentences affirm."""
    result: dict[str, None] = {}
    for name in names:
        fact = facts.get(name)
        found = expanded(fact.affirmed(), facts) if fact else (name,)
        result.update(dict.fromkeys(found))
    return tuple(result)
