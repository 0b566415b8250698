"""The best case: whatever makes a sentence true is true in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdi.rules.best_case import best_case, enough
from cdi.rules.expression import parse

FACTS = {"treated": parse("drug and (ward or unit)"), "quiet": parse("not fever")}
NAMES = ["documented", "type", "fever", "cough", "drug", "ward", "unit"]
BITS = {name: 1 << number for number, name in enumerate(NAMES)}


def may_be_true(sentence: str, *told: str) -> bool:
    return best_case(parse(sentence), FACTS, BITS).may_hold(sum(BITS[name] for name in told))


@pytest.mark.parametrize(
    ("sentence", "told", "expected"),
    [
        ("documented and not type", ["documented"], True),
        ("documented and not type", ["documented", "type"], True),
        ("documented and not type", ["type"], False),
        ("documented and type is 'systolic'", ["documented"], False),
        ("documented and type is 'systolic'", ["documented", "type"], True),
        ("fever or cough", ["cough"], True),
        ("fever or cough", ["drug"], False),
        ("fever or not cough", [], True),
        ("fever and drug or cough and ward", ["fever", "ward"], False),
        ("fever and drug or cough and ward", ["cough", "ward"], True),
        ("2 of (fever, cough or type, drug)", ["cough", "type"], False),
        ("2 of (fever, cough or type, drug)", ["cough", "drug"], True),
        ("2 of (fever, not cough, drug)", ["drug"], True),
        ("2 of (fever, not cough, drug)", [], False),
        ("2 of (not fever, not cough, drug)", [], True),
        ("treated", ["drug", "fever"], False),
        ("treated", ["drug", "unit"], True),
        ("quiet and documented", ["fever", "documented"], True),
        ("stroke.documented and fever", ["fever"], True),
        ("stroke.documented and fever", [], False),
        ("of_no_name", NAMES, False),
    ],
)
def test_a_sentence_may_be_true_if_enough_is_told_of(
    sentence: str, told: list[str], expected: bool
) -> None:
    assert may_be_true(sentence, *told) is expected


def test_so_many_parts_are_enough() -> None:
    test = enough([part.__and__ for part in (1, 2, 4)], 2)
    assert [told for told in range(8) if test(told)] == [3, 5, 6, 7]


def test_a_name_may_be_told_of_by_several_bits() -> None:
    case = best_case(parse("2 of (fever, cough)"), {}, {"fever": 3, "cough": 6})
    assert [told for told in range(8) if case.may_hold(told)] == [2, 3, 5, 6, 7]


def test_so_many_bits_may_be_asked_for_as_well() -> None:
    case = best_case(parse("fever"), {}, {"fever": 1}).and_at_least(2, [1, 2, 4])
    assert [told for told in range(8) if case.may_hold(told)] == [3, 5, 7]


class Told:
    """A world in which some names hold, and axes have the value "x"."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def holds(self, name: str) -> bool:
        fact = FACTS.get(name)
        return fact.holds(self) if fact else name in self._names

    def values(self, name: str) -> frozenset[str]:
        return frozenset("x" if name in self._names else "")

    def together(self, *window: object) -> bool:
        return bool(window)


def _sentences() -> st.SearchStrategy[str]:
    leaves = st.sampled_from([*NAMES, *FACTS, "type is x"])
    return st.recursive(
        leaves,
        lambda part: st.one_of(
            part.map("not ({})".format),
            st.lists(part, min_size=2, max_size=3).map(lambda p: f"({' and '.join(p)})"),
            st.lists(part, min_size=2, max_size=3).map(lambda p: f"({' or '.join(p)})"),
            st.lists(part, min_size=2, max_size=4).map(lambda p: f"2 of ({', '.join(p)})"),
        ),
        max_leaves=8,
    )


@given(_sentences(), st.frozensets(st.sampled_from(NAMES)))
def test_what_is_true_may_be_true(text: str, told: frozenset[str]) -> None:
    if parse(text).holds(Told(told)):
        assert may_be_true(text, *told)
