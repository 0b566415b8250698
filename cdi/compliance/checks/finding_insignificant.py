"""Q14: a question about an incidental finding may be answered with "not clinically significant".

What it checks:
    A list about a finding of an image or report that no provider took up as a diagnosis offers
    an answer that it means nothing.
Why:
    Most incidental findings need no diagnosis, and a list without that answer makes them one.
Violating:
    "[ ] Pulmonary nodule  [ ] Granuloma  [ ] Other  [ ] Unable to determine".
Compliant:
    The same list with "[ ] Incidental finding, not clinically significant".
Source:
    AHIMA/ACDIS, Guidelines for Achieving a Compliant Query Practice (2022 Update).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdi.compliance.draft import Draft
from cdi.domain.encounter import Role
from cdi.domain.finding import NoteSpan, QueryType
from cdi.domain.letter import LetterForm, Level, OptionKind, Question, Violation

RULES = ("Q14",)
LEVEL = Level.WARN

_FIX = "Finding not clinically significant"
_SAYS_NOTHING = re.compile(
    r"\b(?:no|not|without) (?:\w+ ){0,2}(?:signific\w+|diagnosis|relevan\w+|meaning)\b"
    r"|\bincidental\b|\bnormal variant\b|\bno further\b|\binsignificant\b",
    re.I,
)
_FINDING = re.compile(
    r"\b(?:incidental(?:ly)?|nodules?|cysts?|lesions?|mass|masses|opacity|opacities|calcifications?"
    r"|adenoma|incidentaloma|enlarged|thickening|imaging|radiograph(?:ic)?"
    r"|(?:ct|mri|x-ray|ultrasound|radiology|imaging|echo|film|scan|us) (?:finding|report|result)s?"
    r"|finding on (?:the )?(?:ct|mri|x-ray|ultrasound|chest film|scan))\b",
    re.I,
)


def check(draft: Draft) -> Iterator[Violation]:
    """Yield a violation for each list that leaves the finding no way to mean nothing."""
    for number, question in enumerate(draft.letter.questions):
        if question.form is not LetterForm.MULTIPLE_CHOICE:
            continue
        if question.query_type is not QueryType.UNDOCUMENTED or _offers_nothing(question):
            continue
        if _FINDING.search(draft.said) and _rests_on_report(question, draft):
            yield Violation(
                "Q14",
                f"questions[{number}].options",
                "",
                "The list offers no answer for a finding without clinical significance.",
                f"Add: {_FIX}",
                LEVEL,
            )


def _offers_nothing(question: Question) -> bool:
    return any(
        option.kind in {OptionKind.NOT_SIGNIFICANT, OptionKind.RULED_OUT}
        or _SAYS_NOTHING.search(option.text)
        for option in question.options
    )


def _rests_on_report(question: Question, draft: Draft) -> bool:
    """Tell whether a radiologist's or pathologist's words are among the facts."""
    reports = {
        note.id for note in draft.encounter.notes if note.role in {Role.RADIOLOGY, Role.PATHOLOGY}
    }
    return any(
        isinstance(i.pointer, NoteSpan) and i.pointer.note_id in reports
        for i in question.indicators
    )
