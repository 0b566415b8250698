"""Whether a sentence could be true at all, given of which names anything is told.

Most rules of a catalogue have no chance in most encounters, since nothing they ask for is so much
as mentioned. In the best case every name that is told of is true, and whatever stands under "not"
is false. A sentence that is not true then never is; for ``documented and 2 of (fever, cough or
sputum) and not type`` something must be told of ``documented``, and of two of ``fever``, ``cough``
and ``sputum``.

What is told of is a set of bits of one number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import NamedTuple

from cdi.rules.expression import And, Comparison, Name, Node, Not, Or, Quorum, Sentence

Test = Callable[[int], object]


class BestCase(NamedTuple):
    """What must be told of for a sentence to have a chance.

    Attributes:
        masks: of each of these one bit at least.
        tests: each of these must be passed too.
    """

    masks: tuple[int, ...]
    tests: tuple[Test, ...]

    def may_hold(self, told: int) -> bool:
        """Tell whether enough is told of."""
        for mask in self.masks:  # asked of half the catalogue in every note: no all(), no calls
            if not told & mask:
                return False
        for test in self.tests:  # noqa: SIM110
            if not test(told):
                return False
        return True

    def and_at_least(self, count: int, bits: Iterable[int]) -> BestCase:
        """Return the case in which so many of some bits must be told of as well."""
        return self._replace(tests=(*self.tests, _at_least(count, reduce(or_, bits, 0))))


def best_case(
    sentence: Sentence, facts: Mapping[str, Sentence], bits: Mapping[str, int]
) -> BestCase:
    """Return what must be told of; nothing if the sentence may be true whatever is told of.

    Args:
        sentence: of a rule.
        facts: the facts its names may refer to.
        bits: of each name, any of which tells of it. What is told of another condition is not
            looked at.
    """
    masks, tests = _apart(_needed(sentence.root, facts, bits))
    return BestCase(tuple(masks), tuple(tests))


def enough(parts: Iterable[Test], count: int) -> Test:
    """Return the test that so many of the parts may be true."""
    tests = tuple(parts)

    def test(told: int) -> bool:
        found = 0
        for part in tests:
            if part(told):
                found += 1
        return found >= count

    return test


def _at_least(count: int, mask: int) -> Test:
    return lambda told: (told & mask).bit_count() >= count


# Any of these bits, or a test; None if it may be true whatever is told of.
_Part = int | Test | None


def _needed(node: Node, facts: Mapping[str, Sentence], bits: Mapping[str, int]) -> list[int | Test]:
    """Return the parts that must all be told of."""
    if isinstance(node, And):
        return [found for part in node.parts for found in _needed(part, facts, bits)]
    if isinstance(node, Name) and node.name in facts:
        return _needed(facts[node.name].root, facts, bits)
    part = _part(node, facts, bits)
    return [] if part is None else [part]


def _part(node: Node, facts: Mapping[str, Sentence], bits: Mapping[str, int]) -> _Part:
    match node:
        case Name(name) | Comparison(name):
            if name in facts:
                return _part(facts[name].root, facts, bits)
            return None if "." in name else bits.get(name, 0)
        case Not():
            return None
        case And():
            return _every(_needed(node, facts, bits))
        case Or(parts):
            return _some(1, [_part(part, facts, bits) for part in parts])
        case Quorum(count, parts):
            return _some(count, [_part(part, facts, bits) for part in parts])


def _every(needed: Sequence[int | Test]) -> _Part:
    if len(needed) < 2:
        return needed[0] if needed else None
    masks, tests = _apart(needed)
    return BestCase(tuple(masks), tuple(tests)).may_hold


def _some(count: int, parts: list[_Part]) -> _Part:
    needed = [part for part in parts if part is not None]
    count -= len(parts) - len(needed)  # what may be true in any case
    if count <= 0:
        return None
    masks, tests = _apart(needed)
    any_of = reduce(or_, masks, 0)
    if count > 1:
        if not tests and any_of.bit_count() == len(masks):  # each mask is a bit of its own
            return _at_least(count, any_of)
        return enough([*(mask.__and__ for mask in masks), *tests], count)
    if not tests:
        return any_of

    def test(told: int) -> bool:
        if told & any_of:
            return True
        for part in tests:  # noqa: SIM110
            if part(told):
                return True
        return False

    return test


def _apart(parts: Iterable[int | Test]) -> tuple[list[int], list[Test]]:
    masks: list[int] = []
    tests: list[Test] = []
    for part in parts:
        if isinstance(part, int):
            masks.append(part)
        else:
            tests.append(part)
    return masks, tests
