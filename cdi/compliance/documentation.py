"""What treating providers documented, so that a letter may name it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from cdi.compliance.diagnoses import DiagnosisNames, NameFound
from cdi.domain.encounter import Note, Role
from cdi.domain.finding import Review
from cdi.domain.reading import Assertion, Certainty, Mention, Reading


@dataclass(frozen=True)
class Documented:
    """What treating providers documented in an encounter.

    Attributes:
        conditions: ids of conditions of the catalogue.
        wordings: the diagnoses as they were written ("CHF exacerbation").
        named: the diagnoses those wordings name, with what they imply.
        broader: the conditions of the catalogue those diagnoses belong to.
        phrases: the wordings in lower case, by diagnosis.
    """

    conditions: frozenset[str]
    wordings: tuple[str, ...]
    named: frozenset[str]
    broader: frozenset[str]
    phrases: dict[str, str]

    def covers(self, name: NameFound) -> bool:
        """Tell whether the diagnosis a letter names is documented."""
        if name.condition in self.named or name.condition in self.conditions:
            return True
        if name.parent:
            return name.parent in self.conditions
        return name.condition in self.broader

    def unspecified(self, diagnoses: DiagnosisNames, text: str, name: NameFound) -> tuple[str, ...]:
        """Return the words that narrow a name in a text and were not documented with it."""
        documented = self.phrases.get(name.condition)
        if documented is None:
            return ()
        words = diagnoses.modifiers_before(text, name)
        return tuple(word for word in words if word.lower() not in documented)


def documented(
    conditions: Collection[str], wordings: Collection[str], diagnoses: DiagnosisNames
) -> Documented:
    """Return what is documented, by ids of conditions and by wordings."""
    named: set[str] = set()
    broader: set[str] = set()
    phrases: dict[str, str] = {}
    for wording in wordings:
        for name in diagnoses.affirmed(wording):
            for concept in (name.condition, *name.implies):
                named.add(concept)
                phrases[concept] = f"{phrases.get(concept, '')} {wording.lower()}"
            broader.add(name.parent or name.condition)
    return Documented(
        frozenset(conditions), tuple(wordings), frozenset(named), frozenset(broader), phrases
    )


def documented_conditions(review: Review) -> frozenset[str]:
    """Return the ids of the conditions that a review found documented.

    These are the conditions a provider's note asserts of the patient now, and those whose rule
    judged "documented" true, as with a chronic disease in the past history (ICD-10-CM Official
    Guidelines, section I.B.14: documentation is that of the provider).
    """
    mentioned = {
        mention.condition
        for _, reading in _provider_readings(review)
        for mention in reading.mentions
        if mention.name == "documented" and _asserts(mention)
    }
    judged = {
        finding.condition
        for finding in review.findings
        for name in finding.explanation.names
        if name.name == "documented" and name.true
    }
    return frozenset(mentioned | judged)


def documented_wordings(review: Review) -> tuple[str, ...]:
    """Return the diagnoses providers asserted, each once, as they wrote them.

    To the name belong the words right before it and the values of axes said of it, wherever they
    stand in the note: "CHF" of "CHF. Acute on chronic." gives "CHF ... Acute on chronic". Pieces
    that do not adjoin are kept apart, so that nobody can quote them as one.
    """
    found: dict[str, None] = {}
    for note, reading in _provider_readings(review):
        values: dict[int, list[Mention]] = {}
        for attachment in reading.attachments:
            values.setdefault(attachment.mention, []).append(reading.mentions[attachment.value])
        for index, mention in enumerate(reading.mentions):
            if mention.name == "documented" and _asserts(mention):
                said = [value for value in values.get(index, ()) if _asserts(value)]
                found[_wording(note.text, reading, mention, said)] = None
    return tuple(found)


def _provider_readings(review: Review) -> Iterator[tuple[Note, Reading]]:
    """Yield the notes whose words document, each with what was read from it."""
    counting = {
        note.id: note
        for note in review.encounter.notes
        if note.role is Role.PROVIDER and note.status.counts
    }
    for reading in review.readings:
        if reading.note_id in counting:
            yield counting[reading.note_id], reading


# The words right before a name that may belong to it ("acute on chronic", "severe").
_LEADING = re.compile(
    r"(?<![\w/-])(?:(?!(?:and|or|with|of|due|to|from|in|for|the|an?)\b)[\w/-]+[ ]){0,5}$", re.I
)


def _wording(text: str, reading: Reading, mention: Mention, values: list[Mention]) -> str:
    sentence = reading.sentences[mention.sentence].start if reading.sentences else 0
    leading = _LEADING.search(text[min(sentence, mention.start) : mention.start])
    before = len(leading.group()) if leading else 0
    spans = sorted([(mention.start - before, mention.end), *((v.start, v.end) for v in values)])
    wording, end = "", None
    for start, stop in spans:
        if end is not None and start < end:
            start = end
        if start >= stop:
            continue
        adjoins = end is not None and not text[end:start].strip()
        gap = "" if end is None else (" " if adjoins else " ... ")
        wording += gap + text[start:stop]
        end = stop
    return " ".join(wording.split())


def _asserts(mention: Mention) -> bool:
    if mention.reported:
        return False
    if mention.assertion is Assertion.PRESENT:
        return True
    return mention.assertion is Assertion.POSSIBLE and mention.certainty is Certainty.PROBABLE
