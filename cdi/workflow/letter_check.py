"""Checking letters that come from outside or from an editor."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from cdi.compliance import Pack, check_against, load_pack, make_reference, reference_of
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
    pack = pack or default_pack()
    if case.documented is None and not case.conditions:
        # Whether a finding stands cannot be told from the few facts of the record of a letter.
        review = default_scanner().scan(case.encounter)
        reference = replace(reference_of(review, pack), findings=None)
    else:
        raised = None if case.findings is None else dict.fromkeys(case.findings, ())
        reference = make_reference(
            case.encounter, pack, case.conditions, case.documented or (), raised
        )
    return check_against(case.letter, reference, pack)
