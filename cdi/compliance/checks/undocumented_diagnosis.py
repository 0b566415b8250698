"""Q07, Q08, Q17: no diagnosis that no provider documented, except among the options.

What it checks:
    Names of diagnoses in the subject or a topic (Q08), in a question or the words of the letter
    (Q07), and in a yes/no question (Q17), against what treating providers documented; so too
    words that make a documented diagnosis more specific than it was written ("severe"). What a
    dietitian, nurse or radiologist wrote may be quoted in the words of the letter or as a fact,
    never in subject or question; a pathologist's diagnosis may stand in a yes/no question that
    has it confirmed.
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

from cdi.compliance.draft import Draft, Part, fold
from cdi.domain.encounter import Role
from cdi.domain.letter import Level, Purpose, Violation

RULES = ("Q07", "Q08", "Q17")
LEVEL = Level.BLOCK

_WHY = {
    "Q07": "No treating provider documented this diagnosis in this encounter.",
    "Q08": "The subject names a diagnosis that no treating provider documented.",
    "Q17": "A yes/no question may not ask for a diagnosis that no treating provider documented.",
}


def check(draft: Draft) -> Iterator[Violation]:
    """Yield a violation for each name of an undocumented diagnosis."""
    confirmable = _pathology(draft)
    for passage in draft.passages:
        yes_no = passage.where in draft.yes_no_stems
        text = passage.own if passage.part is Part.BODY else draft.without_provider_words(passage)
        if passage.part is Part.SUBJECT:
            rule, fix = "Q08", neutral_subject(draft)
        elif yes_no:
            rule, fix = "Q17", "Ask with a list of options or an open question."
        elif passage.part in {Part.STEM, Part.BODY}:
            rule, fix = "Q07", "Speak of the findings instead."
        else:
            continue
        # A yes/no question may further specify what is documented (rule Q16).
        for name in draft.undocumented(text, specified=not yes_no):
            if fold(name.text).lower() not in confirmable:
                yield Violation(rule, passage.where, name.text, _WHY[rule], fix, LEVEL)


def neutral_subject(draft: Draft) -> str:
    """Return a subject line that names no diagnosis: the topic, if that is neutral itself."""
    for question in draft.letter.questions:
        if question.topic and not draft.undocumented(question.topic):
            return f"Use the subject: Clarification: {question.topic}"
    return "Use the subject: Clarification: documentation question"


def _pathology(draft: Draft) -> str:
    """Return what pathologists wrote, if a yes/no question may have it confirmed."""
    purposes = {question.purpose for question in draft.letter.questions}
    if Purpose.SUBSTANTIATE not in purposes:
        return ""
    notes = (note.text for note in draft.encounter.notes if note.role is Role.PATHOLOGY)
    return fold(" ".join(notes)).lower()
