"""Whether the treating providers' last word on a diagnosis is that the patient does not have it.

"Sepsis" on Monday and "sepsis has been ruled out" on Thursday is no documented sepsis, nor is "the
resident raised sepsis", if the same paragraph ends with its being ruled out. Who may
overrule whom is not judged here: while statements of several authors contradict each other and
nobody has settled it, that is a finding of its own (:mod:`cdi.review.conflicts`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cdi.domain.reading import Assertion
from cdi.domain.timeline import instant
from cdi.review.facts import EncounterFacts, NotedMention, treating
from cdi.review.indicators import asserted

# Where a provider concludes something; "no edema" of an examination withdraws no diagnosis.
_CONCLUDING = frozenset(
    {"assessment", "assessment_and_plan", "plan", "diagnoses", "hospital_course", "impression"}
)
_RULED_OUT = re.compile(
    r"\b(?:rule[sd]? out|excluded?|not present|absent|(?:does|did) not have|there (?:is|was) no"
    r"|no evidence|not felt to|unlikely|not consistent|no longer felt|without evidence)\b",
    re.IGNORECASE,
)
_PARAGRAPH = 600  # characters between a diagnosis and the words that rule it out
_NEXT_ITEM = re.compile(r"\n[ \t]*(?:\n|\(?\d{1,2}[.)]|#)")
_BARE_NO = re.compile(r"^\W*(?:\d{1,2}[.)]\s*)?(?:no|not)\W*$", re.IGNORECASE)


def withdrawn(facts: EncounterFacts, condition: str) -> bool:
    """Tell whether a diagnosis was asserted and its absence concluded later."""
    mentions = facts.mentions(condition, "documented")
    denials = facts.grown((condition, "denials"), mentions, _denials) if mentions else ()
    if not denials:
        return False
    asserting = facts.grown((condition, "assertions"), mentions, _assertions)
    last = max(map(_instant, asserting), default=None)
    if last is None:
        return False
    if any(_instant(noted) > last and _concludes(noted) for noted in denials):
        return True
    newest = [noted for noted in asserting if _instant(noted) == last]
    return all(any(_overrules(denial, noted) for denial in denials) for noted in newest)


def _denials(new: Iterable[NotedMention]) -> Iterator[NotedMention]:
    return (n for n in new if n.mention.assertion is Assertion.ABSENT and _counts(n))


def _assertions(new: Iterable[NotedMention]) -> Iterator[NotedMention]:
    return (noted for noted in new if asserted(noted) and _counts(noted))


def _instant(noted: NotedMention) -> float:
    return instant(noted.note.recorded_at)


def _counts(noted: NotedMention) -> bool:
    return treating(noted.note) and not noted.mention.reported


def _overrules(denial: NotedMention, asserting: NotedMention) -> bool:
    """Tell whether a paragraph that begins with a diagnosis ends in ruling it out."""
    start, end, text = asserting.mention.end, denial.mention.start, denial.note.text
    if denial.note.id != asserting.note.id or not start <= end <= start + _PARAGRAPH:
        return False
    cue = text[denial.mention.cue_start : denial.mention.cue_end]
    same = _NEXT_ITEM.search(text, start, end) is None
    return same and _concludes(denial) and _RULED_OUT.search(cue) is not None


def _concludes(noted: NotedMention) -> bool:
    mention, text = noted.mention, noted.note.text
    if mention.section not in _CONCLUDING:
        return False
    begin = max(text.rfind("\n", 0, mention.start), text.rfind(". ", 0, mention.start)) + 1
    before, cue = text[begin : mention.start], text[mention.cue_start : mention.cue_end]
    return any(map(_RULED_OUT.search, (before, cue))) or bool(_BARE_NO.match(before))
