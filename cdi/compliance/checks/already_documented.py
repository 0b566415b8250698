"""Q22: the answer does not stand in the record already.

What it checks:
    No treating provider documented what an option of a question about specificity or about an
    undocumented diagnosis says, unless the option asks for more ("please specify"); nor, where
    the question is open, a wording that tells every aspect it asks for. A question that a rule
    of the catalogue asks is answered when a review of the record raises it no more.
Why:
    A question whose answer is written costs the physician's trust and time.
Violating:
    "Please specify the type of heart failure", with "chronic diastolic heart failure" in the
    consult of the same day.
Compliant:
    The same question where every note says "heart failure".
Source:
    AHIMA/ACDIS, Guidelines for Achieving a Compliant Query Practice (2022 Update).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdi.compliance.draft import Draft
from cdi.domain.finding import QueryType
from cdi.domain.letter import LetterForm, Level, OptionKind, Question, Violation

RULES = ("Q22",)
LEVEL = Level.OVERRIDE

_TYPES = frozenset({QueryType.SPECIFICITY, QueryType.UNDOCUMENTED, QueryType.CAUSE})
_ASKS_MORE = re.compile(r"\bplease (?:specify|state|name|describe)\b", re.I)
_FILLER = frozenset(["the", "a", "an", "of", "with", "due", "to", "by", "and", "in", "type"])
_WORD = re.compile(r"[a-z0-9]+")
_SHORT = {"hfref": "systolic", "hfpef": "diastolic", "dvt": "thrombosis", "hf": "failure"}
# What a question may ask for, and how its answer looks in a diagnosis.
_ASPECTS = {
    "acuity": r"\b(?:acute|chronic|subacute|exacerbation)\b",
    "type": r"\b(?:systolic|diastolic|combined|hfref|hfpef|paroxysmal|persistent|permanent"
    r"|type [12]|hypoxic|hypoxemic|hypercapnic|iron deficiency|blood loss|metabolic|toxic|hepatic"
    r"|alzheimer|vascular|cardiogenic|septic|hypovolemic|excisional|pathological|traumatic"
    r"|bacterial|gram-negative|aspiration|viral)\b",
    "severity": r"\b(?:mild|moderate|severe|intermittent)\b",
    "stage": r"\b(?:stage|grade|class) ?(?:[1-5]|i{1,3}|iv|v)[ab]?\b|\bunstageable\b|\bend-stage\b",
    "side": r"\b(?:left|right|bilateral)\b",
    "laterality": r"\b(?:left|right|bilateral)\b",
    "cause": r"\b(?:due to|caused by|secondary to|from|induced|related to|alcoholic|biliary"
    r"|gallstone|embolic|cardioembolic)\b",
    "etiology": r"\b(?:due to|caused by|secondary to|from|induced|related to)\b",
    "organism": r"\b(?:mrsa|mssa|coli|klebsiella|pseudomonas|pneumococcal|staphylococc\w*)\b",
}


def check(draft: Draft) -> Iterator[Violation]:
    """Yield a violation for each question that is answered already."""
    for number, question in enumerate(draft.letter.questions):
        if _is_asked_by_rule(question, draft):
            key = f"{question.condition}.{question.finding}"
            if key not in (draft.reference.findings or ()):
                yield Violation(
                    "Q22",
                    f"questions[{number}]",
                    "",
                    "The record has the answer by now, or the question is no longer raised.",
                    "Do not send the question.",
                    LEVEL,
                )
            continue
        if question.query_type not in _TYPES or question.form is LetterForm.YES_NO:
            continue
        answer = _answer(question, draft)
        if answer:
            yield Violation(
                "Q22",
                f"questions[{number}]",
                "",
                f'A treating provider documented the answer already: "{answer}".',
                "Do not send the question.",
                LEVEL,
            )


def _is_asked_by_rule(question: Question, draft: Draft) -> bool:
    """Tell whether a review decides if the question stands: it knows every axis it asks for."""
    return bool(question.finding) and draft.reference.findings is not None


def _answer(question: Question, draft: Draft) -> str:
    """Return a documented wording that answers the question; "" if there is none."""
    for wording in draft.documented.wordings:
        if question.options:
            offered = [o.text for o in question.options if o.kind is OptionKind.DIAGNOSIS]
            if any(_says(wording, text) for text in offered):
                return wording
        elif _answers_open(question.stem, wording, draft):
            return wording
    return ""


def _says(wording: str, option: str) -> bool:
    """Tell whether a documented wording holds every word of an option, and more than one."""
    if _ASKS_MORE.search(option):
        return False
    wanted = _words(re.sub(r"\([^)]*\)|:.*|_+", " ", option))
    return len(wanted) > 1 and wanted <= _words(wording)


def _answers_open(stem: str, wording: str, draft: Draft) -> bool:
    asked = [name for name in _ASPECTS if re.search(rf"\b{name}\b", stem, re.I)]
    about = {name.condition for name in draft.diagnoses.find(stem)}
    names = {
        concept
        for name in draft.diagnoses.affirmed(wording)
        for concept in (name.condition, *name.implies)
    }
    if not asked or about.isdisjoint(names):
        return False
    return all(re.search(_ASPECTS[name], wording, re.I) for name in asked)


def _words(text: str) -> frozenset[str]:
    words = (_SHORT.get(word, word) for word in _WORD.findall(text.lower()))
    return frozenset(word for word in words if word not in _FILLER)
