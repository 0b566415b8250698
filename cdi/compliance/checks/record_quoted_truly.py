"""Q02: what is quoted is what the record of this encounter says now.

What it checks:
    The letter is about this encounter; each indicator's pointer leads to a note or value that
    counts; text, source and time equal the record's; the rendered letter shows the same text.
    Words the writer puts between quotation marks, and values named in the writer's sentences,
    stand in the record too.
Why:
    A changed digit, an amended note or a value entered in error makes the question misleading.
Violating:
    "potassium 6.3 mmol/L" where the value was since marked entered in error.
Compliant:
    "potassium 3.6 mmol/L (Laboratory, Jun 2, 2026, 04:10)", equal to the value pointed at.
Source:
    AHIMA/ACDIS, Guidelines for Achieving a Compliant Query Practice (2022 Update).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdi.compliance.draft import Draft, Part, Passage, fold
from cdi.compliance.quotations import quoted
from cdi.domain.letter import Level, Violation

RULES = ("Q02",)
LEVEL = Level.BLOCK

_VERBS = r"(?:\s+(?:was|is|of|at|to|level|:|=))*"


def check(draft: Draft) -> Iterator[Violation]:
    """Yield a violation for each quotation the record does not bear out."""
    yield from _identity(draft)
    letter = draft.letter
    shown = {"text": fold(letter.text), "html": fold(draft.page.text)}
    for number, question in enumerate(letter.questions):
        for index, indicator in enumerate(question.indicators):
            at = f"questions[{number}].indicators[{index}]"
            wrong = draft.record.disagreement(indicator)
            if wrong:
                yield Violation("Q02", at, indicator.text, wrong.why, wrong.fix, LEVEL)
            for where, text in shown.items():
                if text and fold(indicator.text) not in text:
                    why = "The rendered letter does not show this fact as it is quoted."
                    yield Violation("Q02", where, indicator.text, why, level=LEVEL)
    for passage in draft.passages:
        if passage.part in {Part.BODY, Part.STEM, Part.SUBJECT} and passage.where != "html":
            yield from _misquoted(draft, passage)
            yield from _misstated(draft, passage)


def _identity(draft: Draft) -> Iterator[Violation]:
    letter, encounter = draft.letter, draft.encounter
    if letter.encounter_id != encounter.id:
        why = "The letter is about another encounter than the record it is checked against."
        yield Violation("Q02", "encounter_id", letter.encounter_id, why, level=LEVEL)
    patient = encounter.patient.id if encounter.patient else ""
    if letter.patient_id and patient and letter.patient_id != patient:
        why = "The letter is about another patient than the record it is checked against."
        yield Violation("Q02", "patient_id", letter.patient_id, why, level=LEVEL)


def _misquoted(draft: Draft, passage: Passage) -> Iterator[Violation]:
    """Yield a violation for words in quotation marks that stand nowhere in the record."""
    offered = [option.text.lower() for q in draft.letter.questions for option in q.options]
    for quotation in quoted(passage.text):
        words = quotation.text
        named = any(words.lower().strip(" .,") in text for text in offered)
        if not named and not draft.record.says(words) and re.search(r"\w", words):
            why = "The record does not hold these words."
            fix = "Quote the record word for word."
            at = (quotation.start, quotation.end)
            yield Violation("Q02", passage.where, words, why, fix, LEVEL, at)


def _misstated(draft: Draft, passage: Passage) -> Iterator[Violation]:
    """Yield a violation for a value of a named analyte that the record does not hold."""
    own = passage.own.lower()
    for name, values in draft.reference.values.items():
        if name not in own:
            continue
        told = rf"(?<!\w){re.escape(name)}{_VERBS}\s*(\d+(?:\.\d+)?(?:/\d+)?)"
        for match in re.finditer(told, passage.own, re.I):
            value = match.group(1)
            if "/" in value and not any("/" in number for number in values):
                continue  # a date, not a value
            if value not in values and not re.search(
                rf"(?<![\d.]){re.escape(value)}(?![\d.])", draft.reference.note_text
            ):
                why = "The record holds no such value."
                fix = f"Quote: {', '.join(sorted(values))}" if values else "Remove the value."
                yield Violation("Q02", passage.where, match.group(), why, fix, LEVEL, match.span())
