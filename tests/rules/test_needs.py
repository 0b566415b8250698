"""Needs are necessary: whatever makes a sentence true meets them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdi.rules.expression import parse
from cdi.rules.needs import Need, sentence_needs

FACTS = {"treated": parse("drug and (ward or unit)"), "quiet": parse("not fever")}
NAMES = ["documented", "type", "fever", "cough", "drug", "ward", "unit"]


@pytest.mark.parametrize(
    ("sentence", "needs"),
    [
        ("documented and not type", [({"documented"}, 1)]),
        ("documented and type is 'systolic'", [({"documented"}, 1), ({"type"}, 1)]),
        ("fever or cough", [({"fever", "cough"}, 1)]),
        ("fever or not cough", []),
        ("2 of (fever, cough or type, drug)", [({"fever", "cough", "type", "drug"}, 2)]),
        ("2 of (fever, not cough, drug)", [({"fever", "drug"}, 1)]),
        ("2 of (fever or cough, fever or drug)", [({"fever", "cough", "drug"}, 1)]),
        ("treated", [({"drug"}, 1), ({"ward", "unit"}, 1)]),
        ("2 of (treated, fever, cough)", [({"drug", "fever", "cough"}, 2)]),
        ("quiet and documented", [({"documented"}, 1)]),
        ("stroke.documented and fever", [({"fever"}, 1)]),
    ],
)
def test_a_sentence_needs_the_names_without_which_it_is_false(
    sentence: str, needs: list[tuple[set[str], int]]
) -> None:
    expected = tuple(Need(frozenset(names), least) for names, least in needs)
    assert sentence_needs(parse(sentence), FACTS) == expected


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
def test_what_makes_a_sentence_true_meets_its_needs(text: str, told: frozenset[str]) -> None:
    sentence = parse(text)
    if sentence.holds(Told(told)):
        for names, least in sentence_needs(sentence, FACTS):
            assert len(names & told) >= least
