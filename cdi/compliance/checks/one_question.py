"""Q35: a question asks about one thing, and no two ask the same.

What it checks:
    No two questions of a letter are about one condition or have the same wording. The words of
    one question do not ask for aspects of several unrelated diagnoses.
Why:
    Repeated and bundled questions are what physicians complain of most, and lower the rate of
    answers: one list of options cannot answer two questions.
Violating:
    "Please clarify the type of the fracture, the depth of the wound and the type of diabetes."
Compliant:
    "Please clarify the type and acuity of the heart failure."
Source:
    Ancker et al., BMC Medical Informatics and Decision Making 2017 (PMC5387195).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdi.compliance.draft import Draft, fold
from cdi.domain.finding import QueryType
from cdi.domain.letter import Level, Purpose, Question, Violation

RULES = ("Q35",)
LEVEL = Level.OVERRIDE

_ASPECT = (
    r"(?:types?|causes?|etiology|stages?|severity|acuity|status|depth|site|side|location|nature"
    r"|significance|organism|degree|laterality|kind)"
)
_ASKED = re.compile(
    rf"\b{_ASPECT}\b(?:(?:,| and|, and| or) {_ASPECT}\b)* (?:of|for) (?:the |his |her |this |a )?"
    r"((?:[\w'-]+ ){0,3}[\w'-]+)",
    re.I,
)
_FURTHER = re.compile(
    r"(?:[.?;]\s*|\band )(?:also|in addition|additionally|furthermore|secondly"
    r"|while you are at it)\b"
    r"|\balso,? please\b|\bplease also\b",
    re.I,
)
_STOP = frozenset(
    ["the", "a", "of", "documented", "patient", "patient's", "this", "his", "her", "and"]
)


def check(draft: Draft) -> Iterator[Violation]:
    """Yield a violation for each question that repeats an earlier one or bundles several."""
    conditions: set[str] = set()
    stems: set[str] = set()
    for number, question in enumerate(draft.letter.questions):
        stem = fold(question.stem).lower()
        known = bool(question.condition) and question.condition in conditions
        if known or (stem in stems and _same_facts(draft, number)):
            yield Violation(
                "Q35",
                f"questions[{number}]",
                question.stem,
                "An earlier question of this letter asks about the same.",
                fix="Merge the two questions.",
                level=LEVEL,
            )
        elif _bundles(question, draft):
            yield Violation(
                "Q35",
                f"questions[{number}].stem",
                question.stem,
                "The question asks about several things that one answer cannot settle.",
                fix="Ask each in a question of its own.",
                level=LEVEL,
            )
        conditions.add(question.condition)
        stems.add(stem)


def _bundles(question: Question, draft: Draft) -> bool:
    """Tell whether a question names several diagnoses and asks about each."""
    linked = {QueryType.CAUSE, QueryType.CONFLICT}
    if question.query_type in linked or question.purpose in {
        Purpose.CAUSE_EFFECT,
        Purpose.CONFLICT,
    }:
        return question.stem.count("?") > 1 and len(_subjects(question, draft)) > 2
    subjects = _subjects(question, draft)
    asks = _ASKED.findall(question.stem)
    heads = {_head(phrase) for phrase in asks}
    if len(heads) > 1 and len(subjects) > 1:
        return True
    if len(heads) > 2:
        return True
    several = question.stem.count("?") > 1 or _FURTHER.search(question.stem)
    return bool(several) and len(subjects) > 1


def _subjects(question: Question, draft: Draft) -> set[str]:
    return {name.parent or name.condition for name in draft.diagnoses.find(question.stem)}


def _head(phrase: str) -> str:
    words = [word for word in phrase.lower().split() if word not in _STOP]
    return " ".join(words[:2])


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
