"""The sentence language of rules."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdi.rules.expression import ExpressionError, parse


@dataclass
class Facts:
    """A world in which these names hold and these axes have values."""

    true: set[str] = field(default_factory=set)
    axes: dict[str, set[str]] = field(default_factory=dict)
    asked: list[object] = field(default_factory=list)

    def holds(self, name: str) -> bool:
        return name in self.true

    def values(self, name: str) -> frozenset[str]:
        return frozenset(self.axes.get(name, ()))

    def together(self, parts: tuple[tuple[str, ...], ...], count: int, hours: int) -> bool:
        self.asked.append((parts, count, hours))
        return hours >= 24


@pytest.mark.parametrize(
    ("sentence", "true", "expected"),
    [
        ("a", {"a"}, True),
        ("a", set(), False),
        ("not a", set(), True),
        ("not not a", {"a"}, True),
        ("a and b", {"a"}, False),
        ("a and b", {"a", "b"}, True),
        ("a or b", {"b"}, True),
        ("a or b and c", {"b"}, False),
        ("(a or b) and c", {"b", "c"}, True),
        ("a and not b", {"a", "b"}, False),
        ("2 of (a, b, c)", {"a", "c"}, True),
        ("2 of (a, b, c)", {"c"}, False),
        ("2 of (a, b or c, not d)", {"c"}, True),
        ("stroke.documented and a", {"stroke.documented", "a"}, True),
    ],
)
def test_a_sentence_is_judged_as_written(sentence: str, true: set[str], expected: bool) -> None:
    assert parse(sentence).holds(Facts(true)) is expected


@pytest.mark.parametrize(
    ("sentence", "values", "expected"),
    [
        ("type is systolic", {"systolic"}, True),
        ("type is systolic", {"diastolic"}, False),
        ("type in (systolic, diastolic)", {"diastolic"}, True),
        ("type is 'high output'", {"high output"}, True),
        ("not type is systolic", set(), True),
    ],
)
def test_an_axis_is_compared_with_its_values(
    sentence: str, values: set[str], expected: bool
) -> None:
    assert parse(sentence).holds(Facts(axes={"type": values})) is expected


@pytest.mark.parametrize(
    ("sentence", "message"),
    [
        ("", "the sentence is empty"),
        ("a and", "but the sentence ends"),
        ("a b", "expected 'and', 'or' or the end, but 'b' stands at column 3"),
        ("3 of (a, b)", "3 of 2 can never decide anything"),
        ("0 of (a)", "0 of 1 can never decide anything"),
        ("2 of a", "expected '('"),
        ("a & b", "unexpected '&' at column 3"),
        ("(a", "expected ')'"),
        ("a is", "expected a value"),
        ("a in b", "expected '('"),
        ("and", "expected a name"),
        ("__import__('os')", "but '(' stands at column 11"),
    ],
)
def test_a_mistake_is_told_with_its_place(sentence: str, message: str) -> None:
    with pytest.raises(ExpressionError) as error:
        parse(sentence)
    assert message in str(error.value)


def test_names_under_not_do_not_speak_for_a_sentence() -> None:
    sentence = parse("a and not (b or not c) and 1 of (d, e) and f is x")
    assert sentence.names() == ("a", "b", "c", "d", "e", "f")
    assert sentence.affirmed() == ("a", "c", "d", "e", "f")


@given(st.text(max_size=60))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        sentence = parse(text)
    except ExpressionError:
        return
    assert sentence.names()


_NAMES = st.sampled_from(["a", "b", "c"])
_SENTENCES = st.recursive(
    _NAMES,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda p: f"({p[0]} and {p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]} or {p[1]})"),
        inner.map(lambda p: f"(not {p})"),
    ),
    max_leaves=8,
)


@given(_SENTENCES, st.sets(_NAMES))
def test_a_sentence_means_what_python_means_by_it(text: str, true: set[str]) -> None:
    expected = eval(text, {"__builtins__": {}}, {n: n in true for n in "abc"})
    assert parse(text).holds(Facts(true)) is expected


def test_a_quorum_within_a_time_asks_for_the_parts_that_hold() -> None:
    world = Facts({"a", "b", "d"})
    assert parse("2 of (a, b or c, not d) within 1 d").holds(world)
    assert not parse("2 of (a, b or c) within 6 h and a").holds(world)
    assert world.asked == [((("a",), ("b", "c")), 2, 24), ((("a",), ("b", "c")), 2, 6)]


@pytest.mark.parametrize("window", ["within", "within h", "within 3", "within 3 weeks"])
def test_a_window_needs_a_number_and_hours_or_days(window: str) -> None:
    with pytest.raises(ExpressionError):
        parse(f"2 of (a, b) {window}")
