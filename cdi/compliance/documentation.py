"""Which conditions a treating provider documented, so that a letter may name them."""

from __future__ import annotations

from cdi.domain.encounter import Role
from cdi.domain.finding import Review
from cdi.domain.reading import Assertion, Certainty, Mention


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
