"""The gate before every channel: all checks over one letter."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from cdi.compliance.documentation import documented as known
from cdi.compliance.draft import Draft
from cdi.compliance.pack import Pack
from cdi.compliance.structure import structural_checks
from cdi.domain.encounter import Encounter
from cdi.domain.letter import Letter, Level, Violation


def check(
    letter: Letter,
    encounter: Encounter,
    pack: Pack,
    documented: Collection[str] = (),
    wordings: Collection[str] = (),
) -> tuple[Violation, ...]:
    """Return what is wrong with a letter, by practice rule and place; empty if nothing is.

    It is fast enough to run at every pause while a letter is typed: milliseconds.

    Args:
        letter: as it would be sent, through whatever channel.
        encounter: the record as it is now, against which every quotation is read again.
        pack: the rules.
        documented: ids of the conditions treating providers documented in this encounter.
        wordings: documented diagnoses as they were written ("CHF exacerbation"), in which the
            names of diagnoses are looked up; they are judged more finely than conditions.
    """
    draft = Draft(letter, encounter, known(documented, wordings, pack.diagnoses), pack.diagnoses)
    found = [v for phrase in pack.phrases for v in phrase.check(draft)]
    found += [v for structural in structural_checks() for v in structural.run(draft)]
    return tuple(sorted(set(found), key=lambda v: (v.rule, v.where, v.text)))


def may_be_sent(violations: Collection[Violation]) -> bool:
    """Tell whether nothing but warnings was found."""
    return all(violation.level is Level.WARN for violation in violations)


def stamped(letter: Letter, violations: Collection[Violation], pack: Pack) -> Letter:
    """Return the letter with the version of the pack if it passed, else without one."""
    return replace(letter, pack=pack.version if may_be_sent(violations) else "")
