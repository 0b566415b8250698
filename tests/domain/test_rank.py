from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cdi.domain.finding import (
    Evidence,
    EvidenceRole,
    Explanation,
    Finding,
    ObservationPointer,
    Priority,
    QueryType,
)
from cdi.domain.rank import rank_finding

NOW = datetime(2026, 6, 3, 9, 0, tzinfo=UTC)


def _finding(*roles: EvidenceRole) -> Finding:
    evidence = tuple(
        Evidence(ObservationPointer(f"o{number}"), f"name_{number}", role)
        for number, role in enumerate(roles)
    )
    explanation = Explanation("heart_failure.type", 1, "a", ())
    missing = ("type",)
    return Finding(
        "heart_failure",
        "type",
        QueryType.SPECIFICITY,
        missing,
        Priority.HIGH,
        evidence,
        explanation,
    )


def _score(finding: Finding, weight: float = 2, days: int = 0, discharged: bool = False) -> float:
    admitted = NOW - timedelta(days=days)
    return rank_finding(finding, weight, admitted, NOW if discharged else None, NOW).score


def test_weight_evidence_and_nearness_of_discharge_each_raise_the_rank() -> None:
    base = _finding(EvidenceRole.TRIGGER)
    more = _finding(EvidenceRole.TRIGGER, EvidenceRole.SUPPORTS)
    doubted = _finding(EvidenceRole.TRIGGER, EvidenceRole.AGAINST)
    assert _score(base, weight=2) > _score(base, weight=1)
    assert _score(more) > _score(base) > _score(doubted)
    assert _score(base, discharged=True) > _score(base, days=9) == _score(base, days=6)
    assert _score(base, days=6) > _score(base, days=1) > _score(base)


def test_the_reasons_say_what_the_rank_is_made_of() -> None:
    finding = _finding(EvidenceRole.TRIGGER, EvidenceRole.SUPPORTS, EvidenceRole.AGAINST)
    rank = rank_finding(finding, 2, NOW - timedelta(days=2), None, NOW)
    assert rank.reasons == (
        "heart failure: high priority, weight 3",
        "2 kinds of fact for it, 1 against, times 0.60",
        "day 3 of the stay, times 1.20",
        "rank 2.16",
    )
