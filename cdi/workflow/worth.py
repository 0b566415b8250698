"""What findings are worth, for coders and managers who answer no queries; labelled, or not there.

A level is that of a code by itself: what the principal diagnosis excludes is not considered.
"""

from __future__ import annotations

from dataclasses import dataclass

from cdi.domain.actor import Actor, StaffRole
from cdi.domain.query import FindingState
from cdi.errors import NotAllowed, NotFound
from cdi.storage.worth import Worth, count_worth, find_weight
from cdi.workflow.charts import note_list
from cdi.workflow.desk import Desk
from cdi.workflow.permissions import require
from cdi.workflow.permitted import take_diagnosis

_STANDING = frozenset({FindingState.OPEN, FindingState.ASKED})
_VERB = "impact.read"


@dataclass(frozen=True, slots=True)
class CodeWorth:
    """The severity level of one code: "MCC", "CC" or "NON", as the grouper says."""

    code: str
    level: str


@dataclass(frozen=True, slots=True)
class DiagnosisWorth:
    """What a clarified diagnosis is worth, and by which versions.

    Attributes:
        codes: its own code if it has one, else those proposed for it; what its rule does not
            offer as an answer has no level here.
        categories: risk categories (HCC) that answers to its question may bring.
        levels_by: grouper and fiscal year ("MS-DRG v44.0, FY2027").
        categories_by: model and year ("CMS-HCC V28, 2026").
    """

    codes: tuple[CodeWorth, ...]
    categories: tuple[str, ...]
    levels_by: str
    categories_by: str


def may_see_worth(desk: Desk, actor: Actor) -> bool:
    """Tell whether impact is there for somebody: switched on, and they are nowhere a physician."""
    return desk.weigh is not None and not actor.facilities(StaffRole.PHYSICIAN)


def open_worth(desk: Desk, actor: Actor, facility_id: str) -> tuple[Worth, ...]:
    """Return the findings that stand, by condition and level; numbers without any patient.

    Raises:
        NotFound: impact is switched off, or the facility is not the actor's.
        NotAllowed: the actor has not the role, or answers queries somewhere.
    """
    _require_there(desk)
    require(actor, _VERB, facility_id)
    _require_no_physician(actor)
    with desk.store.reading() as session:
        return count_worth(session, facility_id, _STANDING)


def open_diagnosis_worth(desk: Desk, actor: Actor, diagnosis_id: str) -> DiagnosisWorth:
    """Return what a clarified diagnosis is worth; an event, as any look.

    Raises:
        NotFound: impact is switched off or was when the finding was reviewed, or the diagnosis is
            not the actor's to see.
        NotAllowed: the actor has not the role, or answers queries somewhere.
    """
    _require_there(desk)
    with desk.store.looking() as session:
        row = take_diagnosis(session, actor, diagnosis_id, _VERB)
        _require_no_physician(actor)
        weight = find_weight(session, row.answer_id)
        if weight is None:
            raise NotFound("nothing is known of what this is worth")
        note_list(desk, session, actor, _VERB, (row,))
        levels = weight["codes"]
        codes = [row.code] if row.code else [proposal["code"] for proposal in row.proposals]
        return DiagnosisWorth(
            tuple(CodeWorth(code, levels[code]) for code in codes if code in levels),
            tuple(weight["categories"]),
            weight["levels_by"],
            weight["categories_by"],
        )


def _require_there(desk: Desk) -> None:
    if desk.weigh is None:
        raise NotFound("there is no such page")


def _require_no_physician(actor: Actor) -> None:
    if actor.facilities(StaffRole.PHYSICIAN):
        raise NotAllowed("not for those who answer queries")
