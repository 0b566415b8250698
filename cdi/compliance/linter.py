"""The gate before every channel: all checks over one letter."""

from __future__ import annotations

from collections.abc import Collection

from cdi.compliance.draft import Draft
from cdi.compliance.pack import Pack
from cdi.compliance.structure import structural_checks
from cdi.domain.encounter import Encounter
from cdi.domain.letter import Letter, Violation


def check(
    letter: Letter, encounter: Encounter, pack: Pack, documented: Collection[str] = ()
) -> tuple[Violation, ...]:
    """Return what is wrong with a letter, by practice rule and place; empty if nothing is.

    Args:
        letter: as it would be sent.
        encounter: the record as it is now, against which every quotation is read again.
        pack: the rules.
        documented: what treating providers documented in this encounter: ids of conditions, or
            wordings ("CHF exacerbation") in which the names of conditions are looked up.
    """
    draft = Draft(letter, encounter, _conditions(documented, pack), pack.diagnoses)
    found = [v for phrase in pack.phrases for v in phrase.check(draft)]
    found += [v for structural in structural_checks() for v in structural.check(draft)]
    return tuple(sorted(set(found), key=lambda v: (v.rule, v.where, v.text)))


def _conditions(documented: Collection[str], pack: Pack) -> frozenset[str]:
    named = {name.condition for words in documented for name in pack.diagnoses.find(words)}
    return frozenset(named | set(documented))
