"""Two versions word by word."""

from __future__ import annotations

import pytest

from cdi.web.difference import Side, compare_words

BOTH, THEIRS, MINE = Side.BOTH, Side.THEIRS, Side.MINE


@pytest.mark.parametrize(
    ("theirs", "mine", "expected"),
    [
        ("Please clarify.", "Please clarify.", [("Please clarify.", BOTH)]),
        (
            "Please clarify the type.",
            "Please clarify the stage.",
            [("Please clarify the ", BOTH), ("type.", THEIRS), ("stage.", MINE)],
        ),
        ("", "Thank you.", [("Thank you.", MINE)]),
        ("Thank you.", "", [("Thank you.", THEIRS)]),
        ("one  two", "one two", [("one two", BOTH)]),
        (
            "Systolic\nDiastolic",
            "Systolic\nBoth\nDiastolic",
            [("Systolic\n", BOTH), ("Both\n", MINE), ("Diastolic", BOTH)],
        ),
        ("", "", []),
    ],
)
def test_each_word_stands_once_and_on_its_side(
    theirs: str, mine: str, expected: list[tuple[str, Side]]
) -> None:
    assert [tuple(stretch) for stretch in compare_words(theirs, mine)] == expected


def test_what_was_typed_is_whole_in_the_difference() -> None:
    theirs, mine = "a b c d e", "b x d\ny e f"
    stretches = compare_words(theirs, mine)
    assert "".join(one.text for one in stretches if one.side is not THEIRS) == mine
