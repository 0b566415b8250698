"""The gate before every channel: all checks over one letter."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from cdi.compliance.documentation import documented as documentation
from cdi.compliance.documentation import documented_conditions, documented_wordings
from cdi.compliance.draft import Draft
from cdi.compliance.pack import Pack
from cdi.compliance.reference import Reference
from cdi.compliance.structure import structural_checks
from cdi.domain.encounter import Encounter
from cdi.domain.finding import Evidence, Review
from cdi.domain.letter import Letter, Level, Violation


def check(
    letter: Letter,
    encounter: Encounter,
    pack: Pack,
    documented: Collection[str] = (),
    wordings: Collection[str] = (),
) -> tuple[Violation, ...]:
    """Return what is wrong with a letter, by practice rule and place; empty if nothing is.

    Args:
        letter: as it would be sent, through whatever channel.
        encounter: the record as it is now, against which every quotation is read again.
        pack: the rules.
        documented: ids of the conditions treating providers documented in this encounter.
        wordings: documented diagnoses as they were written ("CHF exacerbation"), in which the
            names of diagnoses are looked up; they are judged more finely than conditions.
    """
    return check_against(letter, make_reference(encounter, pack, documented, wordings), pack)


def make_reference(
    encounter: Encounter,
    pack: Pack,
    documented: Collection[str],
    wordings: Collection[str],
    findings: Mapping[str, tuple[Evidence, ...]] | None = None,
) -> Reference:
    """Return what letters about an encounter are judged against.

    Args:
        encounter: the record as it is now.
        pack: the rules.
        documented: ids of documented conditions.
        wordings: documented diagnoses as they were written.
        findings: evidence of the findings a review raises now, by key; None if there was none.
    """
    known = documentation(documented, wordings, pack.diagnoses)
    return Reference(encounter, known, pack.diagnoses, findings)


def reference_of(review: Review, pack: Pack) -> Reference:
    """Return what letters about a reviewed encounter are judged against."""
    conditions, wordings = documented_conditions(review), documented_wordings(review)
    raised = {finding.key: finding.evidence for finding in review.findings}
    return make_reference(review.encounter, pack, conditions, wordings, raised)


def check_against(letter: Letter, reference: Reference, pack: Pack) -> tuple[Violation, ...]:
    """Return what is wrong with a letter, by practice rule and place; empty if nothing is.

    It is fast enough to run at every pause while a letter is typed: milliseconds.
    """
    draft = Draft(letter, reference)
    found = [v for phrase in pack.phrases for v in phrase.check(draft)]
    found += [v for structural in structural_checks() for v in structural.run(draft)]
    return tuple(sorted(set(found), key=lambda v: (v.rule, v.where, v.text)))


def may_be_sent(violations: Collection[Violation]) -> bool:
    """Tell whether nothing but warnings was found."""
    return all(violation.level is Level.WARN for violation in violations)


def stamped(letter: Letter, violations: Collection[Violation], pack: Pack) -> Letter:
    """Return the letter with the version of the pack if it passed, else without one."""
    return replace(letter, pack=pack.version if may_be_sent(violations) else "")
