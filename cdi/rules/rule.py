"""A finding of a condition with its sentences parsed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cdi.domain.finding import QueryType
from cdi.rules.expression import Sentence
from cdi.rules.schema import FindingSpec

# Which question is asked when several could be: the first that applies.
PRECEDENCE = (
    QueryType.VALIDATION,
    QueryType.CONFLICT,
    QueryType.PROCEDURE,
    QueryType.SPECIFICITY,
    QueryType.CAUSE,
    QueryType.POA,
    QueryType.UNDOCUMENTED,
)


@dataclass(frozen=True)
class Rule:
    """A finding of a condition with its sentences parsed."""

    id: str
    spec: FindingSpec
    when: Sentence
    missing_when: Mapping[str, Sentence]

    @property
    def precedence(self) -> int:
        """Its place when several rules of a condition could speak; the lowest speaks."""
        return PRECEDENCE.index(self.spec.type)
