"""Q10: what is kept for the coder does not reach the physician.

What it checks:
    The code behind an option stands nowhere in the page, where no reader sees it either.
Why:
    A code, and what it is worth, are for those who assign it afterwards.
Violating:
    An option whose hidden value is its code.
Compliant:
    The wording of the option alone.
Source:
    AHIMA/ACDIS, Guidelines for Achieving a Compliant Query Practice (2022 Update).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdi.compliance.draft import Draft
from cdi.domain.letter import Level, Violation

RULES = ("Q10",)
LEVEL = Level.BLOCK


def check(draft: Draft) -> Iterator[Violation]:
    """Yield a violation for each code hidden in the page; one that is shown is Q39."""
    codes = {option.code for q in draft.letter.questions for option in q.options if option.code}
    for code in sorted(codes):
        if code not in draft.letter.html:
            continue
        pattern = re.compile(rf"(?<!\w){re.escape(code)}(?!\w)")
        if pattern.search(draft.letter.html) and not pattern.search(draft.page.text):
            why = "A code that is for the coder is hidden in the page."
            yield Violation("Q10", "html", code, why, f'Remove "{code}".', LEVEL)
