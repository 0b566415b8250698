"""Q38: a question is short enough to be read.

What it checks:
    Question and options together have at most 150 words, without the quoted facts.
Why:
    What takes long to read is answered late or not at all.
Violating:
    Two pasted pages before the question.
Compliant:
    One sentence that asks, and a handful of options.
Source:
    AHIMA/ACDIS, Guidelines for Achieving a Compliant Query Practice (2022 Update).
"""

from __future__ import annotations

from collections.abc import Iterator

from cdi.compliance.draft import Draft
from cdi.domain.letter import Level, Violation

RULES = ("Q38",)
LEVEL = Level.WARN

MOST_WORDS = 150


def check(draft: Draft) -> Iterator[Violation]:
    """Yield a warning for each question that is too long."""
    for number, question in enumerate(draft.letter.questions):
        texts = (question.stem, *(option.text for option in question.options))
        words = sum(len(text.split()) for text in texts)
        if words > MOST_WORDS:
            why = f"Question and options have {words} words; {MOST_WORDS} are enough."
            yield Violation("Q38", f"questions[{number}]", "", why, level=LEVEL)
