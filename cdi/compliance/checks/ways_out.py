"""Q12: a list of options always has "Other" and "Unable to determine".

What it checks:
    A multiple-choice question has an option for another answer and one for no determination.
Why:
    Without them the physician can only choose what the writer thought of.
Violating:
    "[ ] Paroxysmal  [ ] Persistent".
Compliant:
    "[ ] Paroxysmal  [ ] Persistent  [ ] Other (please specify)  [ ] Unable to determine".
Source:
    AHIMA/ACDIS, Guidelines for Achieving a Compliant Query Practice (2022 Update).
"""

from __future__ import annotations

from collections.abc import Iterator

from cdi.compliance.draft import Draft
from cdi.domain.letter import LetterForm, Level, OptionKind, Violation

RULES = ("Q12",)
LEVEL = Level.BLOCK

_REQUIRED = {
    OptionKind.OTHER: "Other (please specify)",
    OptionKind.UNDETERMINED: "Unable to determine",
}


def check(draft: Draft) -> Iterator[Violation]:
    """Yield a violation for each way out that is missing."""
    for number, question in enumerate(draft.letter.questions):
        if question.form is not LetterForm.MULTIPLE_CHOICE:
            continue
        offered = {option.kind for option in question.options}
        for kind, wording in _REQUIRED.items():
            if kind not in offered:
                yield Violation(
                    "Q12",
                    f"questions[{number}].options",
                    "",
                    f'The list does not offer "{wording}".',
                    fix=f"Add: {wording}",
                    level=LEVEL,
                )
