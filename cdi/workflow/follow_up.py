"""The board of what was asked: drafts, waiting, overdue, answered, each with its patient."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cdi.domain.actor import Actor
from cdi.domain.query import AWAITING, UNSENT, QueryState
from cdi.storage.answering import last_handovers
from cdi.storage.pages import queries_page
from cdi.storage.tables import EncounterRow, HandoverRow, PatientRow, QueryRow
from cdi.storage.worklists import encounters_by_id, patients_by_id
from cdi.workflow.charts import note_list
from cdi.workflow.desk import Desk
from cdi.workflow.permissions import require

VERB = "query.list"
_MOST = 200
_SHOWN = UNSENT | AWAITING | {QueryState.ANSWERED, QueryState.VERIFIED, QueryState.DECLINED}


@dataclass(frozen=True, slots=True)
class Asked:
    """A query on the board; ``handover`` tells why it was last passed on or given back."""

    query: QueryRow
    encounter: EncounterRow
    patient: PatientRow | None
    handover: HandoverRow | None

    @property
    def conditions(self) -> list[str]:
        """What it asks about."""
        return list(dict.fromkeys(question.condition for question in self.query.questions))

    def is_late(self, now: datetime) -> bool:
        """Tell whether an answer was due before now."""
        due = self.query.due_at
        return self.query.state in AWAITING and due is not None and due < now


def open_board(desk: Desk, actor: Actor, facility_id: str, *, mine: bool = False) -> list[Asked]:
    """Return what was asked at a facility and needs somebody still, the earliest due first.

    Args:
        desk: where.
        actor: who looks; that they did is an event.
        facility_id: whose queries.
        mine: only those that the actor drafted.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    with desk.store.looking() as session:
        require(actor, VERB, facility_id)
        owner = actor.id if mine else ""
        page = queries_page(session, [facility_id], states=_SHOWN, owner_id=owner, limit=_MOST)
        rows = encounters_by_id(session, {row.encounter_id for row in page.rows})
        patients = patients_by_id(session, {r.patient_id for r in rows.values() if r.patient_id})
        handovers = last_handovers(session, [row.id for row in page.rows])
        note_list(desk, session, actor, VERB, page.rows)
    asked = [
        Asked(
            row,
            rows[row.encounter_id],
            patients.get(rows[row.encounter_id].patient_id or ""),
            handovers.get(row.id),
        )
        for row in page.rows
    ]
    asked.sort(key=lambda one: (one.query.due_at or one.query.changed_at, one.query.id))
    return asked
