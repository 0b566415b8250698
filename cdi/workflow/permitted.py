"""Things of a chart by their id: found and permitted, or not there for who asks.

Queries have their own: :func:`cdi.workflow.moves.take_query`.
"""

from __future__ import annotations

from cdi.domain.actor import Actor
from cdi.errors import NotFound
from cdi.storage import Session
from cdi.storage.charts import find_encounter
from cdi.storage.findings import find_finding
from cdi.storage.queries import find_diagnosis
from cdi.storage.tables import DiagnosisRow, EncounterRow, FindingRow
from cdi.workflow.permissions import require


def take_encounter(session: Session, actor: Actor, encounter_id: str, verb: str) -> EncounterRow:
    """Return an encounter that the actor may do this with.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    row = find_encounter(session, encounter_id)
    if row is None:
        raise NotFound("there is no such thing")
    require(actor, verb, row.facility_id, row.id)
    return row


def take_finding(
    session: Session, actor: Actor, finding_id: str, verb: str, *, lock: bool = False
) -> FindingRow:
    """Return a finding that the actor may do this with; locked for a change.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    row = find_finding(session, finding_id, lock=lock)
    if row is None:
        raise NotFound("there is no such thing")
    require(actor, verb, row.facility_id, row.encounter_id)
    return row


def take_diagnosis(
    session: Session, actor: Actor, diagnosis_id: str, verb: str, *, lock: bool = False
) -> DiagnosisRow:
    """Return a clarified diagnosis that the actor may do this with; locked for a change.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    row = find_diagnosis(session, diagnosis_id, lock=lock)
    if row is None:
        raise NotFound("there is no such thing")
    require(actor, verb, row.facility_id, row.encounter_id)
    return row
