"""Q28: a question asked aloud is written down with its time.

What it checks:
    The note of a verbal question says on which day, and how or when, it was asked.
Why:
    A question that leaves no record cannot be audited.
Violating:
    "Asked Dr. A about the kidneys."
Compliant:
    "Asked by phone on 03/07 at 15:20", with facts and options as in a letter.
Source:
    AHIMA/ACDIS, Guidelines for Achieving a Compliant Query Practice (2022 Update).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdi.compliance.draft import Draft, Part
from cdi.domain.letter import Channel, Level, Violation

RULES = ("Q28",)
LEVEL = Level.WARN

_DAY = re.compile(r"\b\d{1,2}/\d{1,2}\b|\b\d{4}-\d\d-\d\d\b|\b[A-Z][a-z]{2,8} \d{1,2}\b")


def check(draft: Draft) -> Iterator[Violation]:
    """Yield a warning if the note of a verbal question has no date."""
    if draft.letter.channel is not Channel.VERBAL_NOTE:
        return
    # A day among the facts is when something was found, not when it was asked about.
    words = (passage.text for passage in draft.passages if passage.part is Part.BODY)
    if not any(map(_DAY.search, words)):
        why = "The note does not say when the question was asked."
        yield Violation("Q28", "body", "", why, "Add day, time and way of asking.", LEVEL)
