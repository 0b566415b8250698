"""Q11: every diagnosis among the options has a fact behind it.

What it checks:
    Each diagnosis option names at least one indicator, and one that its question shows.
Why:
    An option that nothing in the record supports either misleads or pads the list.
Violating:
    "Acute tubular necrosis" in a list whose facts are one normal creatinine.
Compliant:
    The same option linked to muddy brown casts on urinalysis.
Source:
    AHIMA/ACDIS, Guidelines for Achieving a Compliant Query Practice (2022 Update).
"""

from __future__ import annotations

from collections.abc import Iterator

from cdi.compliance.draft import Draft
from cdi.domain.letter import Level, OptionKind, Violation

RULES = ("Q11",)
LEVEL = Level.OVERRIDE


def check(draft: Draft) -> Iterator[Violation]:
    """Yield a violation for each diagnosis without a fact that is shown."""
    for number, question in enumerate(draft.letter.questions):
        shown = {indicator.id for indicator in question.indicators}
        for index, option in enumerate(question.options):
            if option.kind is OptionKind.DIAGNOSIS and shown.isdisjoint(option.supported_by):
                yield Violation(
                    "Q11",
                    f"questions[{number}].options[{index}]",
                    option.text,
                    "No indicator shown in the letter supports this option.",
                    fix="Remove the option, or show the fact that supports it.",
                    level=LEVEL,
                )
