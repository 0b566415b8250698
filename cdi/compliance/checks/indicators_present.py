"""Q01: every question carries facts of the record that justify it.

What it checks:
    Each question has at least one indicator.
Why:
    A question without facts asks the physician to guess what the writer has in mind.
Violating:
    "Please clarify the kidney function." with nothing beside it.
Compliant:
    The same question below "creatinine 0.9 mg/dL" and "creatinine 2.1 mg/dL", each with its time.
Source:
    AHIMA/ACDIS, Guidelines for Achieving a Compliant Query Practice (2022 Update).
"""

from __future__ import annotations

from collections.abc import Iterator

from cdi.compliance.draft import Draft
from cdi.domain.letter import Level, Violation

RULES = ("Q01",)
LEVEL = Level.BLOCK


def check(draft: Draft) -> Iterator[Violation]:
    """Yield a violation for each question without a fact."""
    if not draft.letter.questions:
        yield Violation("Q01", "questions", "", "The letter asks nothing.", level=LEVEL)
    for number, question in enumerate(draft.letter.questions):
        if not question.indicators:
            yield Violation(
                "Q01",
                f"questions[{number}].indicators",
                "",
                "No clinical indicator justifies the question.",
                fix="Add the findings that led to the question, each with its source and time.",
                level=LEVEL,
            )
