"""Q18: a yes/no question has "Other" and "Unable to determine" too.

What it checks:
    A yes/no question offers no determination, and another answer unless it is about presence on
    admission, which is yes, no or undetermined.
Why:
    Neither yes nor no may be true.
Violating:
    "Yes / No".
Compliant:
    "Yes / No / Other (please specify) / Unable to determine".
Source:
    ACDIS, Q&A on compliant query practice; ICD-10-CM Official Guidelines, appendix I.
"""

from __future__ import annotations

from collections.abc import Iterator

from cdi.compliance.draft import Draft
from cdi.domain.letter import LetterForm, Level, OptionKind, Purpose, Violation

RULES = ("Q18",)
LEVEL = Level.WARN


def check(draft: Draft) -> Iterator[Violation]:
    """Yield a violation for each way out that is missing."""
    for number, question in enumerate(draft.letter.questions):
        if question.form is not LetterForm.YES_NO:
            continue
        offered = {option.kind for option in question.options}
        required = {OptionKind.UNDETERMINED: "Unable to determine"}
        if question.purpose is not Purpose.PRESENT_ON_ADMISSION:
            required[OptionKind.OTHER] = "Other (please specify)"
        for kind, wording in required.items():
            if kind not in offered:
                yield Violation(
                    "Q18",
                    f"questions[{number}].options",
                    "",
                    f'The question does not offer "{wording}".',
                    fix=f"Add: {wording}",
                    level=LEVEL,
                )
