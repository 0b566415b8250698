"""How urgent an encounter is on the specialist's list, and why, in words a person can check.

Clinical weight of its most important finding, times confidence, times nearness of discharge. What
an answer is worth has no place in the words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cdi.domain.finding import EvidenceRole, Finding

_BASE = 1.0
_FIRST_DAY, _EACH_DAY, _MOST = 1.0, 0.1, 1.6
_DISCHARGED = 2.0


@dataclass(frozen=True, slots=True)
class Rank:
    """A place on the list.

    Attributes:
        score: higher comes first.
        reasons: what it was made of, a line each.
    """

    score: float
    reasons: tuple[str, ...]


def rank_finding(
    finding: Finding,
    weight: float,
    admitted_at: datetime | None,
    discharged_at: datetime | None,
    now: datetime,
) -> Rank:
    """Return where a finding puts its encounter.

    Args:
        finding: the finding.
        weight: its clinical weight, from 0 for low to 2 for high, or as the site weighs it.
        admitted_at: when the stay began, if known.
        discharged_at: when it ended; afterwards the answer is due most.
        now: the moment of asking.
    """
    trust, told = _confidence(finding)
    urgency, when = _urgency(admitted_at, discharged_at, now)
    score = (weight + _BASE) * trust * urgency
    name = finding.condition.replace("_", " ")
    reasons = (
        f"{name}: {finding.priority} priority, weight {weight + _BASE:.3g}",
        f"{told}, times {trust:.2f}",
        f"{when}, times {urgency:.2f}",
        f"rank {score:.2f}",
    )
    return Rank(score, reasons)


def _confidence(finding: Finding) -> tuple[float, str]:
    """Return how sure the finding is: distinct facts for it, against those that speak against."""
    names: dict[EvidenceRole, set[str]] = {role: set() for role in EvidenceRole}
    for evidence in finding.evidence:
        names[evidence.role].add(evidence.name)
    pro = len(names[EvidenceRole.TRIGGER] | names[EvidenceRole.SUPPORTS])
    against = len(names[EvidenceRole.AGAINST])
    share = (pro + 1) / (pro + against + 2)
    told = f"{pro} kinds of fact for it" if pro != 1 else "1 kind of fact for it"
    return share, f"{told}, {against} against" if against else told


def _urgency(
    admitted_at: datetime | None, discharged_at: datetime | None, now: datetime
) -> tuple[float, str]:
    if discharged_at is not None and discharged_at <= now:
        return _DISCHARGED, "discharged: the coder waits"
    if admitted_at is None or admitted_at > now:
        return _FIRST_DAY, "day of the stay not known"
    day = (now - admitted_at).days + 1
    return min(_FIRST_DAY + _EACH_DAY * (day - 1), _MOST), f"day {day} of the stay"
