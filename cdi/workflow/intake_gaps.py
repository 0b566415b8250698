"""What intake could not use of the stays of a facility, for whoever keeps the site's mapping."""

from __future__ import annotations

from cdi.domain.actor import Actor
from cdi.storage.intake import RemarkCount, count_remarks
from cdi.workflow.desk import Desk
from cdi.workflow.permissions import require


def open_gaps(
    desk: Desk, actor: Actor, facility_id: str, limit: int = 200
) -> tuple[RemarkCount, ...]:
    """Return the remarks of intake, the most frequent first; they hold no value of a patient.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    require(actor, "intake.read", facility_id)
    with desk.store.reading() as session:
        return count_remarks(session, facility_id, limit)
