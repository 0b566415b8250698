"""Q16: yes/no only where the answer concerns what is documented already.

What it checks:
    A yes/no question is about presence on admission, the confirmation or further specification
    of a documented diagnosis, a cause between documented conditions, or a conflict. A yes/no
    that names an undocumented diagnosis is reported as Q17 instead.
Why:
    Yes or no to anything else puts a conclusion before the physician.
Violating:
    "Was the debridement excisional? Yes / No".
Compliant:
    "Was the documented pressure injury present on admission? Yes / No / Unable to determine".
Source:
    AHIMA/ACDIS, Guidelines for Achieving a Compliant Query Practice (2022 Update).
"""

from __future__ import annotations

from collections.abc import Iterator

from cdi.compliance.draft import Draft
from cdi.domain.finding import QueryType
from cdi.domain.letter import LetterForm, Level, Violation

RULES = ("Q16",)
LEVEL = Level.BLOCK

_ALLOWED = frozenset(
    {
        QueryType.POA,
        QueryType.VALIDATION,
        QueryType.SPECIFICITY,
        QueryType.CAUSE,
        QueryType.CONFLICT,
    }
)


def check(draft: Draft) -> Iterator[Violation]:
    """Yield a violation for each yes/no question outside the permitted uses."""
    for number, question in enumerate(draft.letter.questions):
        if question.form is not LetterForm.YES_NO or question.query_type in _ALLOWED:
            continue
        if not draft.undocumented(question.stem):
            yield Violation(
                "Q16",
                f"questions[{number}].stem",
                question.stem,
                f"A question of the type {question.query_type} may not be put as yes or no.",
                fix="Ask with a list of options or an open question.",
                level=LEVEL,
            )
