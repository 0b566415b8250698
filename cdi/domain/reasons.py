"""Why queries end, findings are put away and letters are sent in spite of a violation.

Each list is closed, so that reasons can be counted and filtered; words of one's own stand beside
the reason as a remark, and ``OTHER`` says nothing without one.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from cdi.domain.query import QueryVerb
from cdi.errors import InputError

LONGEST_REMARK = 400


class DismissalReason(StrEnum):
    """Why a specialist puts a finding away without asking."""

    ALREADY_DOCUMENTED = "already_documented"
    NOT_SUPPORTED = "not_clinically_supported"
    MISREAD = "misread_the_note"
    NOT_RELEVANT = "not_relevant_to_this_stay"
    BY_POLICY = "no_query_by_policy"
    OTHER = "other"


class EndReason(StrEnum):
    """Why a query ended."""

    VERIFIED = "verified"
    NOTHING_TO_DOCUMENT = "nothing_to_document"
    NOT_IN_RECORD = "not_in_the_record"
    DOCUMENTED_MEANWHILE = "documented_meanwhile"
    ASKED_OTHERWISE = "asked_otherwise"
    ASKED_IN_ERROR = "asked_in_error"
    NOT_NEEDED = "not_needed"
    UNANSWERED = "unanswered"
    OTHER = "other"


class OverrideReason(StrEnum):
    """Why a manager sends a letter in spite of a violation."""

    ADVISOR_AGREES = "physician_advisor_agrees"
    CHECK_MISTAKEN = "check_is_mistaken"
    LOCAL_POLICY = "local_policy"
    OTHER = "other"


_E = EndReason
_BEFORE_AN_ANSWER = (
    _E.DOCUMENTED_MEANWHILE,
    _E.ASKED_OTHERWISE,
    _E.ASKED_IN_ERROR,
    _E.NOT_NEEDED,
    _E.OTHER,
)

# What people may say when they end a query; reviews and sweeps give reasons of their own.
END_REASONS: Mapping[QueryVerb, tuple[EndReason, ...]] = MappingProxyType(
    {
        QueryVerb.CLOSE: (_E.VERIFIED, _E.NOTHING_TO_DOCUMENT, _E.NOT_IN_RECORD, _E.OTHER),
        QueryVerb.WITHDRAW: _BEFORE_AN_ANSWER,
        QueryVerb.RESOLVE: _BEFORE_AN_ANSWER,
    }
)

_Reason = TypeVar("_Reason", DismissalReason, EndReason, OverrideReason)


def check_reason(reason: _Reason, remark: str) -> str:
    """Return the remark beside a reason, trimmed.

    Raises:
        InputError: the reason is "other" and the remark is empty, or the remark is too long.
    """
    remark = remark.strip()
    if len(remark) > LONGEST_REMARK:
        raise InputError(f"at most {LONGEST_REMARK} characters", field="remark")
    if reason.value == "other" and not remark:
        raise InputError("another reason needs words", field="remark")
    return remark
