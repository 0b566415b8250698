"""Q26: a question about a complication leaves that answer open.

What it checks:
    The diagnoses a list offers are not all "expected", "inherent" or "integral to the procedure".
Why:
    Steering away from a complication is as leading as steering towards a diagnosis.
Violating:
    "[ ] Inherent to the procedure  [ ] Other  [ ] Unable to determine".
Compliant:
    "[ ] Complication of the procedure  [ ] Inherent to the procedure  [ ] Unrelated", and the
    ways out.
Source:
    AHIMA/ACDIS, Guidelines for Achieving a Compliant Query Practice (2022 Update).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdi.compliance.draft import Draft
from cdi.domain.letter import LetterForm, Level, OptionKind, Violation

RULES = ("Q26",)
LEVEL = Level.OVERRIDE

_EXPECTED = re.compile(
    r"\b(?:expected|inherent|integral|unavoidable|routine|anticipated|normal (?:part|course)"
    r"|not a complication)\b",
    re.I,
)


def check(draft: Draft) -> Iterator[Violation]:
    """Yield a violation for each list that offers nothing but the expected course."""
    for number, question in enumerate(draft.letter.questions):
        if question.form is not LetterForm.MULTIPLE_CHOICE:
            continue
        answers = [
            o.text
            for o in question.options
            if o.kind in {OptionKind.DIAGNOSIS, OptionKind.NOT_SIGNIFICANT}
        ]
        if answers and all(map(_EXPECTED.search, answers)):
            yield Violation(
                "Q26",
                f"questions[{number}].options",
                answers[0],
                "The list leaves a complication no place.",
                "Add: Complication of the procedure",
                LEVEL,
            )
