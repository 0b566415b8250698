"""Drafting letters from a review, each with the result of its compliance check."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from cdi.compliance import Pack, Reference, check_against, reference_of, stamped
from cdi.domain.finding import Finding, Review
from cdi.domain.letter import Letter, Violation
from cdi.letters import compose
from cdi.rules.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter and what the compliance check says of it; it may be sent if that is nothing."""

    letter: Letter
    violations: tuple[Violation, ...]


def draft_letters(
    review: Review,
    catalogue: Catalogue,
    pack: Pack,
    *,
    conditions: Collection[str] | None = None,
    separate: bool = False,
    letterhead: Path | None = None,
) -> list[Draft]:
    """Draft the letters of a review.

    Args:
        review: findings of one encounter.
        catalogue: the rules that raised them.
        pack: the compliance rules each letter is checked by.
        conditions: only findings of these; all if None.
        separate: one letter for each finding; else one letter with numbered questions.
        letterhead: folder of a facility's own templates.
    """
    findings = [f for f in review.findings if conditions is None or f.condition in conditions]
    if not findings:
        return []
    groups = [[finding] for finding in findings] if separate else [findings]
    reference = reference_of(review, pack)
    return [_draft(group, reference, catalogue, pack, letterhead) for group in groups]


def _draft(
    findings: list[Finding],
    reference: Reference,
    catalogue: Catalogue,
    pack: Pack,
    letterhead: Path | None,
) -> Draft:
    letter = compose(findings, reference.encounter, catalogue, letterhead=letterhead)
    violations = check_against(letter, reference, pack)
    return Draft(stamped(letter, violations, pack), violations)
