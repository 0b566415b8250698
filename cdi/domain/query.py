"""The life of a query: its states, the verbs that change them, and what an answer amounts to."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from cdi.domain.finding import QueryType
from cdi.domain.letter import OptionKind
from cdi.errors import TransitionError


class QueryState(StrEnum):
    """Where a query stands."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    SENT = "sent"
    VIEWED = "viewed"
    ESCALATED = "escalated"
    DECLINED = "declined"
    ANSWERED = "answered"
    VERIFIED = "verified"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    RESOLVED = "resolved"
    EXPIRED = "expired"


class QueryVerb(StrEnum):
    """What can be done to a query; nothing else changes its state."""

    EDIT = "edit"
    SUBMIT = "submit"
    RETURN = "return"
    SEND = "send"
    VIEW = "view"
    REMIND = "remind"
    REROUTE = "reroute"
    ESCALATE = "escalate"
    DECLINE = "decline"
    ANSWER = "answer"
    VERIFY = "verify"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    RESOLVE = "resolve"
    EXPIRE = "expire"


_S, _V = QueryState, QueryVerb

UNSENT = frozenset({_S.DRAFT, _S.IN_REVIEW})
AWAITING = frozenset({_S.SENT, _S.VIEWED, _S.ESCALATED})
ENDED = frozenset({_S.CLOSED, _S.WITHDRAWN, _S.RESOLVED, _S.EXPIRED})


def _same(states: frozenset[QueryState]) -> dict[QueryState, QueryState]:
    return {state: state for state in states}


def _all(states: frozenset[QueryState], to: QueryState) -> dict[QueryState, QueryState]:
    return dict.fromkeys(states, to)


# The whole life: verb -> state before -> state after. What is not here cannot happen.
TRANSITIONS: Mapping[QueryVerb, Mapping[QueryState, QueryState]] = MappingProxyType(
    {
        # An edited letter has to be looked at again.
        _V.EDIT: _all(UNSENT, _S.DRAFT),
        _V.SUBMIT: {_S.DRAFT: _S.IN_REVIEW},
        _V.RETURN: {_S.IN_REVIEW: _S.DRAFT},
        _V.SEND: _all(UNSENT, _S.SENT),
        # Looking at an escalated query does not take it back from those it was escalated to.
        _V.VIEW: {_S.SENT: _S.VIEWED, _S.VIEWED: _S.VIEWED, _S.ESCALATED: _S.ESCALATED},
        _V.REMIND: _same(AWAITING),
        _V.REROUTE: _all(AWAITING | {_S.DECLINED}, _S.SENT),
        _V.ESCALATE: _all(AWAITING, _S.ESCALATED),
        # Given back to the specialist, who asks somebody else or withdraws it.
        _V.DECLINE: _all(AWAITING, _S.DECLINED),
        _V.ANSWER: _all(AWAITING, _S.ANSWERED),
        _V.VERIFY: {_S.ANSWERED: _S.VERIFIED},
        # "Unable to determine" leaves nothing in the record to verify.
        _V.CLOSE: {_S.ANSWERED: _S.CLOSED, _S.VERIFIED: _S.CLOSED},
        _V.WITHDRAW: _all(UNSENT | AWAITING | {_S.DECLINED}, _S.WITHDRAWN),
        _V.RESOLVE: _all(UNSENT, _S.RESOLVED),
        _V.EXPIRE: _all(AWAITING, _S.EXPIRED),
    }
)


def next_state(state: QueryState, verb: QueryVerb) -> QueryState:
    """Return the state after a verb.

    Raises:
        TransitionError: the verb does not apply in this state; names those that do.
    """
    after = TRANSITIONS[verb].get(state)
    if after is None:
        raise TransitionError(verb.value, state.value, [v.value for v in allowed_verbs(state)])
    return after


@cache
def allowed_verbs(state: QueryState) -> tuple[QueryVerb, ...]:
    """Return the verbs that apply in a state, in the order of the life."""
    return tuple(verb for verb in QueryVerb if state in TRANSITIONS[verb])


class HandoverReason(StrEnum):
    """Why a physician passes a question on or gives it back."""

    NOT_MY_PATIENT = "not_my_patient"
    BETTER_KNOWN_BY_ANOTHER = "better_known_by_another"
    AWAY = "away"
    UNCLEAR = "unclear"


class Outcome(StrEnum):
    """What an answer amounts to, kept apart from "agreed": programs define that differently."""

    SPECIFIED = "specified"
    CONFIRMED = "confirmed"
    RULED_OUT = "ruled_out"
    NOT_SIGNIFICANT = "not_significant"
    OTHER = "other"
    UNDETERMINED = "undetermined"

    @property
    def names_diagnosis(self) -> bool:
        """True if the coder has something to pick up."""
        return self in {Outcome.SPECIFIED, Outcome.CONFIRMED, Outcome.OTHER}

    @property
    def clarifies(self) -> bool:
        """True if the record is clearer than before: ruled out is a success, not a refusal."""
        return self is not Outcome.UNDETERMINED


_OUTCOMES = {
    OptionKind.DIAGNOSIS: Outcome.SPECIFIED,
    OptionKind.YES: Outcome.CONFIRMED,
    OptionKind.NO: Outcome.RULED_OUT,
    OptionKind.RULED_OUT: Outcome.RULED_OUT,
    OptionKind.NOT_SIGNIFICANT: Outcome.NOT_SIGNIFICANT,
    OptionKind.OTHER: Outcome.OTHER,
    OptionKind.UNDETERMINED: Outcome.UNDETERMINED,
}


def outcome_of(kind: OptionKind | None, query_type: QueryType) -> Outcome:
    """Return what choosing an option of this kind means; None stands for words of one's own."""
    if kind is None:
        return Outcome.OTHER
    if kind is OptionKind.DIAGNOSIS and query_type is QueryType.VALIDATION:
        return Outcome.CONFIRMED
    return _OUTCOMES[kind]


class FindingState(StrEnum):
    """Where a finding stands on the specialist's desk."""

    OPEN = "open"
    ASKED = "asked"
    DISMISSED = "dismissed"
    RESOLVED = "resolved"
    MUTED = "muted"


class FindingChange(StrEnum):
    """One step in the history of a finding."""

    RAISED = "raised"
    CHANGED = "changed"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    DISMISSED = "dismissed"
    ASKED = "asked"
    RELEASED = "released"
    MUTED = "muted"
    UNMUTED = "unmuted"


class CoderStatus(StrEnum):
    """What the coder has made of a clarified diagnosis."""

    NEW = "new"
    ACCEPTED = "accepted"
    CODED = "coded"
    RETURNED = "returned"


CODER_STEPS: Mapping[CoderStatus, frozenset[CoderStatus]] = MappingProxyType(
    {
        CoderStatus.NEW: frozenset({CoderStatus.ACCEPTED, CoderStatus.RETURNED}),
        CoderStatus.ACCEPTED: frozenset({CoderStatus.CODED, CoderStatus.RETURNED}),
        CoderStatus.RETURNED: frozenset({CoderStatus.ACCEPTED}),
        # Coded again: another code than the one before.
        CoderStatus.CODED: frozenset({CoderStatus.CODED, CoderStatus.RETURNED}),
    }
)


class PresentOnAdmission(StrEnum):
    """POA indicator of a diagnosis (ICD-10-CM Official Guidelines, appendix I)."""

    YES = "Y"
    NO = "N"
    UNKNOWN = "U"
    UNDETERMINED = "W"
