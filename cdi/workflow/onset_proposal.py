"""Present on admission as the timing of a stay suggests it, for the coder of a diagnosis."""

from __future__ import annotations

from dataclasses import dataclass

from cdi.domain.actor import Actor
from cdi.domain.evidence_text import evidence_text
from cdi.domain.query import PresentOnAdmission
from cdi.domain.story import Onset, Presence
from cdi.rules.stay import installed_stay
from cdi.workflow.chart_parts import open_story
from cdi.workflow.desk import Desk
from cdi.workflow.permitted import take_diagnosis

_MARKS = {Presence.YES: PresentOnAdmission.YES, Presence.NO: PresentOnAdmission.NO}


@dataclass(frozen=True, slots=True)
class OnsetProposal:
    """What timing suggests; the coder decides, by what the provider documented.

    Attributes:
        mark: None where timing settles nothing.
        first: the words or value of the first evidence.
    """

    mark: PresentOnAdmission | None
    onset: Onset
    first: str


def has_onset(condition: str) -> bool:
    """Tell whether the time of its onset is judged at all, as ``models/stay/`` has it."""
    return condition in installed_stay().onset.conditions


def propose_onset(desk: Desk, actor: Actor, diagnosis_id: str) -> OnsetProposal | None:
    """Return what the timing of the stay suggests of a clarified diagnosis.

    None where onset is not judged for its condition, or no treating provider documented it. The
    chart is read for it, which is an event.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    with desk.store.reading() as session:
        row = take_diagnosis(session, actor, diagnosis_id, "diagnosis.list")
        encounter_id, condition = row.encounter_id, row.condition
    if not has_onset(condition):
        return None
    story = open_story(desk, actor, encounter_id)
    found = next((onset for onset in story.onsets if onset.condition == condition), None)
    if found is None:
        return None
    first = evidence_text(found.evidence, story.encounter)
    return OnsetProposal(_MARKS.get(found.presence), found, first)
