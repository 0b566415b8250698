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
from cdi.domain.letter import LetterForm, Level, Violation

RULES = ("Q16",)
LEVEL = Level.BLOCK


def check(draft: Draft) -> Iterator[Violation]:
    """Yield a violation for each yes/no question outside the permitted uses."""
    for number, question in enumerate(draft.letter.questions):
        if question.form is not LetterForm.YES_NO or question.purpose is not None:
            continue
        if not draft.undocumented(question.stem, specified=False):
            yield Violation(
                "Q16",
                f"questions[{number}].stem",
                question.stem,
                "The question has none of the four purposes that yes or no may serve.",
                fix="Ask with a list of options or an open question.",
                level=LEVEL,
            )
