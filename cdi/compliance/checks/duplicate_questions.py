"""Q35: the same thing is asked once.

What it checks:
    No two questions of a letter are about one condition or have the same wording.
Why:
    Repeated questions are what physicians complain of most, and lower the rate of answers.
Violating:
    Two questions about the type and the acuity of one heart failure.
Compliant:
    One question about both.
Source:
    Ancker et al., BMC Medical Informatics and Decision Making 2017 (PMC5387195).
"""

from __future__ import annotations

from collections.abc import Iterator

from cdi.compliance.draft import Draft, fold
from cdi.domain.letter import Level, Violation

RULES = ("Q35",)
LEVEL = Level.OVERRIDE


def check(draft: Draft) -> Iterator[Violation]:
    """Yield a violation for each question that repeats an earlier one."""
    conditions: set[str] = set()
    stems: set[str] = set()
    for number, question in enumerate(draft.letter.questions):
        stem = fold(question.stem).lower()
        if question.condition in conditions or (stem in stems and _same_facts(draft, number)):
            yield Violation(
                "Q35",
                f"questions[{number}]",
                question.stem,
                "An earlier question of this letter asks about the same.",
                fix="Merge the two questions.",
                level=LEVEL,
            )
        conditions.add(question.condition)
        stems.add(stem)


def _same_facts(draft: Draft, number: int) -> bool:
    """Tell whether an earlier question quotes one of the same facts.

    General wordings ("What diagnosis, if any, ...") recur with other facts; only then do two
    questions of equal wording ask different things.
    """
    questions = draft.letter.questions
    here = {indicator.pointer for indicator in questions[number].indicators}
    return any(
        indicator.pointer in here
        for question in questions[:number]
        for indicator in question.indicators
    )
