"""Q15: no option is chosen, marked or set apart beforehand.

What it checks:
    Options carry no tick, bold or other mark, and the rendered letter has no chosen input.
Why:
    A mark tells which answer is wanted.
Violating:
    "[x] Persistent atrial fibrillation".
Compliant:
    "[ ] Paroxysmal  [ ] Persistent", alike.
Source:
    AHIMA/ACDIS, Guidelines for Achieving a Compliant Query Practice (2022 Update).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdi.compliance.draft import Draft
from cdi.domain.letter import Level, Violation

RULES = ("Q15",)
LEVEL = Level.OVERRIDE

_MARK = re.compile(
    r"[\[(]\s*[xX\u2713\u2714\u2611]\s*[\])]|[\u2611\u2612\u2713\u2714]|\*\*|(?<!_)__(?=[^\W_])|</?(?:b|strong|mark|u)>",
)
_WHY = "An answer is marked before the physician has chosen."


def check(draft: Draft) -> Iterator[Violation]:
    """Yield a violation for each mark."""
    for number, question in enumerate(draft.letter.questions):
        for index, option in enumerate(question.options):
            if _MARK.search(option.text):
                fix = _MARK.sub("", option.text).strip()
                at = f"questions[{number}].options[{index}]"
                yield Violation("Q15", at, option.text, _WHY, fix, LEVEL)
    for line in draft.letter.text.splitlines():
        if re.match(r"\s*[\[(]\s*[xX\u2713\u2714]\s*[\])]", line):
            yield Violation("Q15", "text", line.strip(), _WHY, level=LEVEL)
    if draft.page.preselected:
        yield Violation("Q15", "html", "", _WHY, level=LEVEL)
