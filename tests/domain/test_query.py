"""The transition table: every verb in every state, and what answers amount to."""

from __future__ import annotations

import pytest

from cdi.domain.finding import QueryType
from cdi.domain.letter import OptionKind
from cdi.domain.query import (
    AWAITING,
    ENDED,
    TRANSITIONS,
    UNSENT,
    Outcome,
    QueryState,
    QueryVerb,
    allowed_verbs,
    next_state,
    outcome_of,
)
from cdi.errors import TransitionError

# Rows are states, columns verbs; the cell is the first letters of the state after, "." is refused.
TABLE = """
            EDIT SUBMIT RETURN SEND VIEW REMIND REROUTE ESCALATE DECLINE ANSWER VERIFY CLOSE WITHDRAW RESOLVE EXPIRE
DRAFT       dra  in_    .      sen  .    .      .       .        .       .      .      .     wit      res     .
IN_REVIEW   dra  .      dra    sen  .    .      .       .        .       .      .      .     wit      res     .
SENT        .    .      .      .    vie  sen    sen     esc      dec     ans    .      .     wit      .       exp
VIEWED      .    .      .      .    vie  vie    sen     esc      dec     ans    .      .     wit      .       exp
ESCALATED   .    .      .      .    esc  esc    sen     esc      dec     ans    .      .     wit      .       exp
DECLINED    .    .      .      .    .    .      sen     .        .       .      .      .     wit      .       .
ANSWERED    .    .      .      .    .    .      .       .        .       .      ver    clo   .        .       .
VERIFIED    .    .      .      .    .    .      .       .        .       .      .      clo   .        .       .
CLOSED      .    .      .      .    .    .      .       .        .       .      .      .     .        .       .
WITHDRAWN   .    .      .      .    .    .      .       .        .       .      .      .     .        .       .
RESOLVED    .    .      .      .    .    .      .       .        .       .      .      .     .        .       .
EXPIRED     .    .      .      .    .    .      .       .        .       .      .      .     .        .       .
"""  # noqa: E501
_HEAD, *_ROWS = TABLE.strip().splitlines()
CELLS = [
    (QueryState[state], QueryVerb[verb], after)
    for state, *cells in (row.split() for row in _ROWS)
    for verb, after in zip(_HEAD.split(), cells, strict=True)
]


@pytest.mark.parametrize(("state", "verb", "after"), CELLS)
def test_a_verb_leads_where_the_table_says(state: QueryState, verb: QueryVerb, after: str) -> None:
    if after == ".":
        with pytest.raises(TransitionError, match=f"cannot {verb} what is {state}"):
            next_state(state, verb)
    else:
        assert next_state(state, verb).value.startswith(after)


def test_the_table_holds_every_state_and_verb() -> None:
    assert {(state, verb) for state, verb, _ in CELLS} == {
        (state, verb) for state in QueryState for verb in QueryVerb
    }
    assert set(TRANSITIONS) == set(QueryVerb)


def test_what_has_ended_stays_ended() -> None:
    assert all(allowed_verbs(state) == () for state in ENDED)
    assert not UNSENT & AWAITING


@pytest.mark.parametrize(
    ("kind", "query_type", "outcome"),
    [
        (OptionKind.DIAGNOSIS, QueryType.SPECIFICITY, Outcome.SPECIFIED),
        (OptionKind.DIAGNOSIS, QueryType.VALIDATION, Outcome.CONFIRMED),
        (OptionKind.RULED_OUT, QueryType.VALIDATION, Outcome.RULED_OUT),
        (OptionKind.YES, QueryType.POA, Outcome.CONFIRMED),
        (OptionKind.NO, QueryType.CAUSE, Outcome.RULED_OUT),
        (OptionKind.NOT_SIGNIFICANT, QueryType.UNDOCUMENTED, Outcome.NOT_SIGNIFICANT),
        (OptionKind.OTHER, QueryType.CONFLICT, Outcome.OTHER),
        (OptionKind.UNDETERMINED, QueryType.SPECIFICITY, Outcome.UNDETERMINED),
        (None, QueryType.SPECIFICITY, Outcome.OTHER),
    ],
)
def test_an_answer_amounts_to_an_outcome(
    kind: OptionKind | None, query_type: QueryType, outcome: Outcome
) -> None:
    assert outcome_of(kind, query_type) is outcome


def test_ruled_out_is_a_success_and_undetermined_is_none() -> None:
    assert Outcome.RULED_OUT.clarifies
    assert not Outcome.UNDETERMINED.clarifies
    assert not Outcome.RULED_OUT.names_diagnosis
