"""Q20, Q21: what an earlier encounter recorded supports a question, and never carries it alone.

What it checks:
    A fact of an earlier encounter says why it matters now and shows its date (Q20). A question
    about a diagnosis that is not documented has at least one fact of this encounter (Q21).
Why:
    Old records may give a baseline, a type or a cause. A diagnosis of the past is not one of now.
Violating:
    "EF 30%" from last year's stay, undated, or "malnourished last year" as the only ground.
Compliant:
    "Echo 03/2025 (earlier stay): EF 30%", for the type of a heart failure documented now.
Source:
    AHIMA/ACDIS, Guidelines for Achieving a Compliant Query Practice (2022 Update).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdi.compliance.draft import Draft
from cdi.domain.finding import QueryType
from cdi.domain.letter import Indicator, Level, Violation

RULES = ("Q20", "Q21")
LEVEL = Level.BLOCK

_DATE = re.compile(
    r"\b(?:19|20)\d\d\b|\b\d{1,2}/\d{1,2}(?:/\d\d)?\b|\b(?:prior|previous|earlier|last|old|outside)\b",
    re.I,
)


def check(draft: Draft) -> Iterator[Violation]:
    """Yield a violation for each unlabelled old fact and each question that rests on them."""
    for number, question in enumerate(draft.letter.questions):
        at = f"questions[{number}].indicators"
        for index, indicator in enumerate(question.indicators):
            if indicator.prior and not _is_labelled(indicator, draft):
                yield Violation(
                    "Q20",
                    f"{at}[{index}]",
                    indicator.text,
                    "A fact of an earlier encounter needs its date and why it matters now.",
                    "Say when it was recorded and what it bears on, or remove it.",
                    Level.WARN,
                )
        is_new = question.query_type is QueryType.UNDOCUMENTED
        if is_new and question.indicators and all(i.prior for i in question.indicators):
            yield Violation(
                "Q21",
                at,
                question.indicators[0].text,
                "Only an earlier encounter supports the question.",
                "Add a fact of this encounter, or do not ask.",
                LEVEL,
            )


def _is_labelled(indicator: Indicator, draft: Draft) -> bool:
    """Tell whether a reader learns when an old fact was recorded and why it is shown."""
    if not indicator.pertinence or indicator.recorded_at is None:
        return False
    shown = f"{indicator.source} {indicator.text} {draft.said}"
    return _DATE.search(shown) is not None
