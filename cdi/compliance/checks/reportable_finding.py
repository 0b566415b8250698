"""Q27: what is asked about was evaluated, treated, monitored or prolonged the stay.

What it checks:
    The letter or its facts do not say of an undocumented finding that nothing was done about it.
Why:
    A finding nobody acted on is not reported, whatever the physician answers, so the question
    costs time for nothing.
Violating:
    A simple cyst of the kidney, "no follow-up needed", in a stay for appendicitis.
Compliant:
    A lung nodule for which a second scan was ordered.
Source:
    Uniform Hospital Discharge Data Set; ICD-10-CM Official Guidelines, section III.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdi.compliance.draft import Draft
from cdi.domain.finding import QueryType
from cdi.domain.letter import Level, Question, Violation

RULES = ("Q27",)
LEVEL = Level.WARN

_NOTHING_DONE = re.compile(
    r"\bno (?:further )?(?:follow[- ]?up|work[- ]?up|treatment|evaluation|intervention|imaging"
    r"|monitoring|action|therapy)(?: or (?:follow[- ]?up|work[- ]?up|treatment|evaluation))?"
    r"(?: (?:is|was|were))?"
    r"(?: (?:needed|required|recommended|indicated|ordered|planned|done|given|necessary))"
    r"|\bnothing (?:was|has been) (?:ordered|done|given|planned)\b"
    r"|\b(?:was|were|is|are) (?:not|neither|never) (?:evaluated|treated|monitored"
    r"|worked up|addressed)\b"
    r"|\b(?:did|does) not (?:need|require|receive) (?:any )?(?:treatment|work[- ]?up|follow[- ]?up"
    r"|evaluation)\b",
    re.I,
)


def check(draft: Draft) -> Iterator[Violation]:
    """Yield a violation for each question about a finding that nobody acted on."""
    for number, question in enumerate(draft.letter.questions):
        if question.query_type is not QueryType.UNDOCUMENTED:
            continue
        words = _says_so(question, draft)
        if words:
            yield Violation(
                "Q27",
                f"questions[{number}]",
                "",
                f'Nothing was done about the finding ("{words}"), so it is not reportable.',
                "Do not send the question.",
                LEVEL,
            )


def _says_so(question: Question, draft: Draft) -> str:
    facts = (indicator.text for indicator in question.indicators)
    match = _NOTHING_DONE.search("\n".join((draft.letter.body, question.stem, *facts)))
    return match.group() if match else ""
