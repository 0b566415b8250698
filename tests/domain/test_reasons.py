"""Reasons come from closed lists; another reason needs words."""

from __future__ import annotations

import pytest

from cdi.domain.query import ENDED, TRANSITIONS, QueryVerb
from cdi.domain.reasons import (
    END_REASONS,
    DismissalReason,
    EndReason,
    OverrideReason,
    check_reason,
)
from cdi.errors import InputError

OTHERS = (DismissalReason.OTHER, EndReason.OTHER, OverrideReason.OTHER)


def test_every_verb_by_which_people_end_a_query_has_its_reasons() -> None:
    ending = {verb for verb, steps in TRANSITIONS.items() if set(steps.values()) <= ENDED}
    assert set(END_REASONS) == ending - {QueryVerb.EXPIRE}
    assert all(reasons[-1] is EndReason.OTHER for reasons in END_REASONS.values())


def test_every_reason_but_the_sweeps_own_can_be_given() -> None:
    given = {reason for reasons in END_REASONS.values() for reason in reasons}
    assert set(EndReason) - given == {EndReason.UNANSWERED}


@pytest.mark.parametrize("reason", OTHERS)
def test_another_reason_needs_words(reason: EndReason) -> None:
    for silent in ("", "  "):
        with pytest.raises(InputError, match="needs words"):
            check_reason(reason, silent)
    assert check_reason(reason, " moved to hospice ") == "moved to hospice"


@pytest.mark.parametrize("words", [DismissalReason, EndReason, OverrideReason])
def test_a_named_reason_needs_none_and_takes_some(words: type[EndReason]) -> None:
    for reason in words:
        if reason not in OTHERS:
            assert check_reason(reason, "") == ""
        assert check_reason(reason, "x" * 400) == "x" * 400
        with pytest.raises(InputError, match="at most 400"):
            check_reason(reason, "x" * 401)
