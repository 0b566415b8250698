"""What treating providers documented, so that a letter may name it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cdi.compliance.diagnoses import DiagnosisNames, NameFound
from cdi.domain.encounter import Role
from cdi.domain.finding import Review
from cdi.domain.reading import Assertion, Certainty, Mention


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
    counting = {
        note.id
        for note in review.encounter.notes
        if note.role is Role.PROVIDER and note.status.counts
    }
    mentioned = {
        mention.condition
        for reading in review.readings
        if reading.note_id in counting
        for mention in reading.mentions
        if _asserts(mention)
    }
    judged = {
        finding.condition
        for finding in review.findings
        for name in finding.explanation.names
        if name.name == "documented" and name.true
    }
    return frozenset(mentioned | judged)


def _asserts(mention: Mention) -> bool:
    if mention.name != "documented" or mention.reported:
        return False
    if mention.assertion is Assertion.PRESENT:
        return True
    return mention.assertion is Assertion.POSSIBLE and mention.certainty is Certainty.PROBABLE
