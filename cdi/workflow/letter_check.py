"""Checking letters that come from outside or from an editor."""

from __future__ import annotations

from functools import lru_cache

from cdi.compliance import Pack, check, load_pack
from cdi.compliance.documentation import documented_conditions
from cdi.domain.letter import Violation
from cdi.letters.json_form import LetterCase
from cdi.workflow.scan import default_scanner


@lru_cache(maxsize=1)
def default_pack() -> Pack:
    """Return the installed rules with the diagnoses of the installed catalogue."""
    from cdi.rules.catalogue import load_catalogue

    return load_pack(load_catalogue())


def check_letter(case: LetterCase, pack: Pack | None = None) -> tuple[Violation, ...]:
    """Return what is wrong with a letter.

    Where the letter does not say what treating providers documented, the notes of its record are
    read for it, so that negated, historical and family diagnoses do not count.
    """
    conditions = frozenset(case.conditions)
    if case.documented is None and not conditions:
        conditions = documented_conditions(default_scanner().scan(case.encounter))
    return check(
        case.letter, case.encounter, pack or default_pack(), conditions, case.documented or ()
    )
