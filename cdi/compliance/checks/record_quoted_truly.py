"""Q02: what is quoted is what the record of this encounter says now.

What it checks:
    The letter is about this encounter; each indicator's pointer leads to a note or value that
    counts; text, source and time equal the record's; the rendered letter shows the same text.
Why:
    A changed digit, an amended note or a value entered in error makes the question misleading.
Violating:
    "potassium 6.3 mmol/L" where the value was since marked entered in error.
Compliant:
    "potassium 3.6 mmol/L (Laboratory, Jun 2, 2026, 04:10)", equal to the value pointed at.
Source:
    AHIMA/ACDIS, Guidelines for Achieving a Compliant Query Practice (2022 Update).
"""

from __future__ import annotations

from collections.abc import Iterator

from cdi.compliance.draft import Draft, fold
from cdi.domain.encounter import Encounter
from cdi.domain.letter import Indicator, Level, Violation
from cdi.domain.record import quote
from cdi.errors import InputError

RULES = ("Q02",)
LEVEL = Level.BLOCK


def check(draft: Draft) -> Iterator[Violation]:
    """Yield a violation for each quotation the record does not bear out."""
    letter = draft.letter
    if letter.encounter_id != draft.encounter.id:
        why = "The letter is about another encounter than the record it is checked against."
        yield Violation("Q02", "encounter_id", letter.encounter_id, why, level=LEVEL)
    shown = {"text": fold(letter.text), "html": fold(draft.page.text)}
    for number, question in enumerate(letter.questions):
        for index, indicator in enumerate(question.indicators):
            at = f"questions[{number}].indicators[{index}]"
            why, fix = _disagreement(indicator, draft.encounter)
            if why:
                yield Violation("Q02", at, indicator.text, why, fix, LEVEL)
            for where, text in shown.items():
                if indicator.text not in text:
                    why = "The rendered letter does not show this fact as it is quoted."
                    yield Violation("Q02", where, indicator.text, why, level=LEVEL)


def _disagreement(indicator: Indicator, encounter: Encounter) -> tuple[str, str]:
    """Return why the record does not bear out an indicator, and what it says instead."""
    try:
        record = quote(indicator.pointer, encounter)
    except InputError:
        return (
            "The source is not in this record any more, was retracted or entered in error.",
            "Remove the fact.",
        )
    if indicator.text != record.text:
        return "The record says something else at this place.", f"Quote: {record.text}"
    if indicator.source != record.source:
        return "The fact has another source in the record.", f"Source: {record.source}"
    if indicator.recorded_at != record.recorded_at:
        return "The fact has another time in the record.", f"Time: {record.recorded_at}"
    return "", ""
