"""What a sentence needs at the very least: names of which some must be told of at all.

Most rules of a catalogue have no chance in most encounters, since nothing they ask for is so much
as mentioned. Needs tell that from the names alone, before anything is judged. They are necessary,
never sufficient: ``documented and 2 of (fever, cough or sputum) and not type`` needs
``documented``, and two of ``fever``, ``cough`` and ``sputum``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from cdi.rules.expression import And, Comparison, Name, Node, Not, Or, Quorum, Sentence


class Need(NamedTuple):
    """At least ``least`` of ``names`` must be told of."""

    names: frozenset[str]
    least: int


def sentence_needs(sentence: Sentence, facts: Mapping[str, Sentence]) -> tuple[Need, ...]:
    """Return what must be told of for a sentence to be true; all of it.

    Args:
        sentence: of a rule.
        facts: the facts its names may refer to.
    """
    return tuple(dict.fromkeys(_needs(sentence.root, facts)))


def _needs(node: Node, facts: Mapping[str, Sentence]) -> Sequence[Need]:
    match node:
        case Name(name) | Comparison(name):
            return _name_needs(name, facts)
        case Not():
            return ()
        case And(parts):
            return [need for part in parts for need in _needs(part, facts)]
        case Or(parts):
            return _some(1, parts, facts)
        case Quorum(count, parts):
            return _some(count, parts, facts)


def _name_needs(name: str, facts: Mapping[str, Sentence]) -> Sequence[Need]:
    if name in facts:
        return _needs(facts[name].root, facts)
    # What is told of another condition is not looked at here.
    return () if "." in name else (Need(frozenset({name}), 1),)


def _some(count: int, parts: Iterable[Node], facts: Mapping[str, Sentence]) -> Sequence[Need]:
    """Return the need of ``count`` parts: of each part its narrowest need stands for it."""
    narrowest: list[frozenset[str]] = []
    for part in parts:
        needs = _needs(part, facts)
        if needs:
            narrowest.append(min((need.names for need in needs), key=len))
        else:
            count -= 1  # a part that needs nothing may be true anyway
    names = frozenset[str]().union(*narrowest)
    if count > 1 and len(names) < sum(map(len, narrowest)):
        count = 1  # one name may speak for several parts
    return (Need(names, count),) if count > 0 else ()
