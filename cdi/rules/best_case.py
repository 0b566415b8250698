"""Whether a sentence could be true at all, given of which names anything is told.

Most rules of a catalogue have no chance in most encounters, since nothing they ask for is so much
as mentioned. In the best case every name that is told of is true, and whatever stands under "not"
is false. A sentence that is not true then never is; for ``documented and 2 of (fever, cough or
sputum) and not type`` something must be told of ``documented``, and of two of ``fever``, ``cough``
and ``sputum``.

What is told of is a set of bits of one number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from operator import or_

from cdi.rules.expression import And, Comparison, Name, Node, Not, Or, Quorum, Sentence

Test = Callable[[int], object]


def best_case(
    sentence: Sentence, facts: Mapping[str, Sentence], bits: Mapping[str, int]
) -> Test | None:
    """Return the test of what is told; None if the sentence may be true whatever is told of.

    Args:
        sentence: of a rule.
        facts: the facts its names may refer to.
        bits: of each name, any of which tells of it. What is told of another condition is not
            looked at.
    """
    part = _part(sentence.root, facts, bits)
    return part.__and__ if isinstance(part, int) else part


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


# Any of these bits, or a test; None if it may be true whatever is told of.
_Part = int | Test | None


def _part(node: Node, facts: Mapping[str, Sentence], bits: Mapping[str, int]) -> _Part:
    match node:
        case Name(name) | Comparison(name):
            if name in facts:
                return _part(facts[name].root, facts, bits)
            return None if "." in name else bits.get(name, 0)
        case Not():
            return None
        case And(parts):
            return _every([_part(part, facts, bits) for part in parts])
        case Or(parts):
            return _some(1, [_part(part, facts, bits) for part in parts])
        case Quorum(count, parts):
            return _some(count, [_part(part, facts, bits) for part in parts])


def _every(parts: Iterable[_Part]) -> _Part:
    needed = [part for part in parts if part is not None]
    if len(needed) < 2:
        return needed[0] if needed else None
    masks, tests = _apart(needed)

    def test(told: int) -> bool:
        for mask in masks:  # asked of half the catalogue in every note: no all(), no calls
            if not told & mask:
                return False
        for part in tests:  # noqa: SIM110
            if not part(told):
                return False
        return True

    return test


def _some(count: int, parts: list[_Part]) -> _Part:
    needed = [part for part in parts if part is not None]
    count -= len(parts) - len(needed)  # what may be true in any case
    if count <= 0:
        return None
    masks, tests = _apart(needed)
    if count > 1:
        return enough([*(mask.__and__ for mask in masks), *tests], count)
    any_of = reduce(or_, masks, 0)
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
