"""Q13: a list is more than one diagnosis to tick.

What it checks:
    A multiple-choice question has at least two answers that can be selected. There is no minimum
    number of diagnoses: one that is supported, "Other" and "Unable to determine" are a fair list.
Why:
    A single box is an instruction, not a question.
Violating:
    "[ ] Hyperkalemia" alone.
Compliant:
    "[ ] Hyperkalemia  [ ] Not clinically significant  [ ] Other  [ ] Unable to determine".
Source:
    AHIMA/ACDIS, Guidelines for Achieving a Compliant Query Practice (2022 Update).
"""

from __future__ import annotations

from collections.abc import Iterator

from cdi.compliance.draft import Draft
from cdi.domain.letter import LetterForm, Level, Violation

RULES = ("Q13",)
LEVEL = Level.OVERRIDE


def check(draft: Draft) -> Iterator[Violation]:
    """Yield a violation for each list with fewer than two answers."""
    for number, question in enumerate(draft.letter.questions):
        if question.form is LetterForm.MULTIPLE_CHOICE and len(question.options) < 2:
            yield Violation(
                "Q13",
                f"questions[{number}].options",
                question.options[0].text if question.options else "",
                "The list leaves only one answer to select.",
                fix="Add the other answers the record supports, or ask an open question.",
                level=LEVEL,
            )
