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
    return _test(sentence.root, facts, bits)


def enough(parts: Iterable[Test], count: int) -> Test:
    """Return the test that so many of the parts may be true."""
    tests = tuple(parts)

    def test(told: int) -> bool:
        return sum(1 for part in tests if part(told)) >= count

    return test


def _test(node: Node, facts: Mapping[str, Sentence], bits: Mapping[str, int]) -> Test | None:
    match node:
        case Name(name) | Comparison(name):
            if name in facts:
                return _test(facts[name].root, facts, bits)
            return None if "." in name else bits.get(name, 0).__and__
        case Not():
            return None
        case And(parts):
            return _every([_test(part, facts, bits) for part in parts])
        case Or(parts):
            return _some(1, [_test(part, facts, bits) for part in parts])
        case Quorum(count, parts):
            return _some(count, [_test(part, facts, bits) for part in parts])


def _every(parts: Iterable[Test | None]) -> Test | None:
    tests = [part for part in parts if part is not None]
    if len(tests) < 2:
        return tests[0] if tests else None

    def test(told: int) -> bool:
        for part in tests:  # noqa: SIM110  asked of half the catalogue in every note
            if not part(told):
                return False
        return True

    return test


def _some(count: int, parts: list[Test | None]) -> Test | None:
    tests = [part for part in parts if part is not None]
    count -= len(parts) - len(tests)  # what may be true in any case
    if count <= 0:
        return None
    if count > 1:
        return enough(tests, count)

    def test(told: int) -> bool:
        for part in tests:  # noqa: SIM110
            if part(told):
                return True
        return False

    return test
