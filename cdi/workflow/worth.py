"""What the open findings of a facility are worth, for managers who are no physicians."""

from __future__ import annotations

from cdi.domain.actor import Actor, StaffRole
from cdi.domain.query import FindingState
from cdi.errors import NotAllowed, NotFound
from cdi.storage.worth import Worth, count_worth
from cdi.workflow.desk import Desk
from cdi.workflow.permissions import require

_STANDING = frozenset({FindingState.OPEN, FindingState.ASKED})


def open_worth(desk: Desk, actor: Actor, facility_id: str) -> tuple[Worth, ...]:
    """Return the findings that stand, by condition and level; numbers without any patient.

    Raises:
        NotFound: impact is switched off, or the facility is not the actor's.
        NotAllowed: the actor is no manager, or answers queries somewhere.
    """
    if desk.weigh is None:
        raise NotFound("there is no such page")
    require(actor, "impact.read", facility_id)
    if actor.facilities(StaffRole.PHYSICIAN):
        raise NotAllowed("not for those who answer queries")
    with desk.store.reading() as session:
        return count_worth(session, facility_id, _STANDING)
