"""Q07, Q08, Q17: no diagnosis that no provider documented, except among the options.

What it checks:
    Names of diagnoses in the subject or a topic (Q08), in a question or the words of the letter
    (Q07), and in a yes/no question (Q17), against what treating providers documented.
Why:
    Naming a diagnosis first puts it into the physician's mouth; only an option that the facts
    support may bring it up.
Violating:
    Subject "Severe malnutrition" where only the dietitian wrote it.
Compliant:
    Subject "Clarification: nutritional status", with the diagnosis among the options.
Source:
    AHIMA/ACDIS, Guidelines for Achieving a Compliant Query Practice (2022 Update).
"""

from __future__ import annotations

from collections.abc import Iterator

from cdi.compliance.draft import Draft, Part
from cdi.domain.letter import LetterForm, Level, Violation

RULES = ("Q07", "Q08", "Q17")
LEVEL = Level.BLOCK

_WHY = {
    "Q07": "No treating provider documented this diagnosis in this encounter.",
    "Q08": "The subject names a diagnosis that no treating provider documented.",
    "Q17": "A yes/no question may not ask for a diagnosis that no treating provider documented.",
}


def check(draft: Draft) -> Iterator[Violation]:
    """Yield a violation for each name of an undocumented diagnosis."""
    yes_no = {
        f"questions[{number}].stem"
        for number, question in enumerate(draft.letter.questions)
        if question.form is LetterForm.YES_NO
    }
    for passage in draft.passages:
        if passage.part is Part.SUBJECT:
            rule, fix = "Q08", "Name the topic only, for example the organ or the finding."
        elif passage.part is Part.STEM and passage.where in yes_no:
            rule, fix = "Q17", "Ask with a list of options or an open question."
        elif passage.part in {Part.STEM, Part.BODY}:
            rule, fix = "Q07", "Speak of the findings instead."
        else:
            continue
        for name in draft.undocumented(passage.text):
            yield Violation(rule, passage.where, name, _WHY[rule], fix, LEVEL)
