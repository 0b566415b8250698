"""Q25: clinical validation offers both that the diagnosis stands and that it is ruled out.

What it checks:
    A multiple-choice question of validation has an option that confirms and one that rules out.
Why:
    Asking about a documented diagnosis without a way to keep, or to drop, it is no question.
Violating:
    "[ ] Sepsis ruled out  [ ] Other  [ ] Unable to determine".
Compliant:
    "[ ] Sepsis confirmed (please specify the supporting findings)  [ ] Sepsis ruled out", and
    the two ways out.
Source:
    ACDIS, Q&A on clinical validation queries.
"""

from __future__ import annotations

from collections.abc import Iterator

from cdi.compliance.draft import Draft
from cdi.domain.finding import QueryType
from cdi.domain.letter import LetterForm, Level, OptionKind, Violation

RULES = ("Q25",)
LEVEL = Level.OVERRIDE

_REQUIRED = {
    OptionKind.DIAGNOSIS: "Diagnosis confirmed (please specify the supporting findings)",
    OptionKind.RULED_OUT: "Diagnosis ruled out",
}


def check(draft: Draft) -> Iterator[Violation]:
    """Yield a violation for each of the two answers that is missing."""
    for number, question in enumerate(draft.letter.questions):
        if (
            question.query_type is not QueryType.VALIDATION
            or question.form is not LetterForm.MULTIPLE_CHOICE
        ):
            continue
        offered = {option.kind for option in question.options}
        for kind, wording in _REQUIRED.items():
            if kind not in offered:
                yield Violation(
                    "Q25",
                    f"questions[{number}].options",
                    "",
                    f'The validation question does not offer an answer such as "{wording}".',
                    fix=f"Add: {wording}",
                    level=LEVEL,
                )
