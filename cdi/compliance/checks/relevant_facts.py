"""Q03: the facts bear on the question.

What it checks:
    Of a list of options, every value supports one or is spoken of in the letter. Where a rule of
    the catalogue asks, every fact holds evidence of that rule. Words of a note otherwise, such as
    the treatment given, are left to the reader. Conflict and validation show facts on both sides
    and are left out. No question has more than fifteen facts; a minimum is never asked for.
Why:
    Results that have nothing to do with the question bury those that have.
Violating:
    Intraocular pressure in a question about a fracture.
Compliant:
    Three facts, each behind an option.
Source:
    AHIMA/ACDIS, Guidelines for Achieving a Compliant Query Practice (2022 Update).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdi.compliance.draft import Draft
from cdi.compliance.quotations import shows
from cdi.domain.finding import ObservationPointer, QueryType
from cdi.domain.letter import Indicator, LetterForm, Level, OptionKind, Question, Violation

RULES = ("Q03",)
LEVEL = Level.OVERRIDE

MOST_FACTS = 15
_LONG_WORD = re.compile(r"[a-z]{5,}")


def check(draft: Draft) -> Iterator[Violation]:
    """Yield a violation for each fact without a bearing on the question."""
    for number, question in enumerate(draft.letter.questions):
        at = f"questions[{number}].indicators"
        if len(question.indicators) > MOST_FACTS:
            why = f"{len(question.indicators)} facts bury those that matter."
            yield Violation("Q03", at, "", why, "Keep the facts behind the options.", LEVEL)
        for index, indicator in enumerate(question.indicators):
            if _is_stray(indicator, question, draft):
                yield Violation(
                    "Q03",
                    f"{at}[{index}]",
                    indicator.text,
                    "The fact bears neither on the question nor on an answer.",
                    "Remove the fact.",
                    LEVEL,
                )


def _is_stray(indicator: Indicator, question: Question, draft: Draft) -> bool:
    if question.finding:
        return _is_foreign(indicator, question, draft)
    linked = {support for option in question.options for support in option.supported_by}
    two_sided = {QueryType.VALIDATION, QueryType.CONFLICT, QueryType.POA}
    if question.query_type in two_sided or indicator.id in linked:
        return False
    if question.form is not LetterForm.MULTIPLE_CHOICE or not linked:
        return False
    answers = [o for o in question.options if o.kind is OptionKind.DIAGNOSIS]
    if not all(option.supported_by for option in answers):
        return False  # the fact may be what an unsupported answer lacks (rule Q11)
    if not isinstance(indicator.pointer, ObservationPointer):
        return False
    options = " ".join(option.text for option in question.options)
    spoken = _long_words(f"{draft.said} {options}")
    return spoken.isdisjoint(_long_words(indicator.text))


def _is_foreign(indicator: Indicator, question: Question, draft: Draft) -> bool:
    """Tell whether a fact is none of those the rule behind the question rests on."""
    evidence = draft.reference.evidence(question)
    pointer = indicator.pointer
    if not evidence or pointer is None:
        return False
    return not any(shows(pointer, found.pointer) for found in evidence)


def _long_words(text: str) -> frozenset[str]:
    return frozenset(_LONG_WORD.findall(text.lower()))
