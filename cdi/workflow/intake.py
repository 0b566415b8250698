"""Taking in an encounter: from the domain record to the store."""

from __future__ import annotations

from collections.abc import Mapping

from cdi.domain.actor import Actor
from cdi.domain.encounter import Encounter
from cdi.errors import ConflictError
from cdi.storage import Session
from cdi.storage.charts import content_hash, note_hashes, save_encounter
from cdi.storage.intake import remarks_of
from cdi.storage.json_record import to_json
from cdi.storage.people import find_provider, has_part
from cdi.storage.tables import CareTeamRow, RemarkRow
from cdi.workflow.desk import Desk, Receipt, Request, carry_out, note_event
from cdi.workflow.permissions import require

VERB = "encounter.ingest"
_ATTEMPTS = 3


def ingest_encounter(
    desk: Desk,
    actor: Actor,
    facility_id: str,
    encounter: Encounter,
    *,
    team: Mapping[str, str] | None = None,
    key: str = "",
) -> Receipt:
    """Store an encounter, new or again; notes that changed become new versions.

    Args:
        desk: where.
        actor: specialist or service of the facility.
        facility_id: to which it belongs.
        encounter: as read from its source.
        team: provider id to part in the care ("attending"); authors of notes need not be named.
        key: idempotency key.

    Returns:
        A receipt whose state is "changed" if there is something to review, else "unchanged".
    """
    require(actor, VERB, facility_id)
    content = {"facility": facility_id, "encounter": content_hash(to_json(encounter))}

    def act(session: Session) -> Receipt:
        received = save_encounter(session, facility_id, encounter, desk.now())
        row = received.row
        _save_team(session, row.id, _authors(encounter) | dict(team or {}))
        _save_remarks(desk, session, row.id, encounter)
        state = "changed" if received.changed else "unchanged"
        receipt = Receipt("encounter", row.id, row.version, state)
        if received.changed:
            note_event(
                desk,
                session,
                actor,
                VERB,
                receipt,
                facility_id,
                row.id,
                notes=note_hashes(session, row.id),
                new_notes=received.notes,
                new_values=received.values,
            )
        return receipt

    request = Request(actor, VERB, content, key)
    for _ in range(_ATTEMPTS - 1):
        try:
            return carry_out(desk, request, act)
        except ConflictError:
            continue  # two messages brought the same new patient: one waits and finds them
    return carry_out(desk, request, act)


def _authors(encounter: Encounter) -> dict[str, str]:
    """Return the part of each author whom the source identifies."""
    return {
        note.author_id: str(note.capacity or "author")
        for note in encounter.notes
        if note.author_id and note.status.counts
    }


def _save_team(session: Session, encounter_id: str, team: Mapping[str, str]) -> None:

    for provider_id, part in team.items():
        user = find_provider(session, provider_id)
        if user is not None and not has_part(session, encounter_id, user.id, part):
            session.add(CareTeamRow(encounter_id=encounter_id, user_id=user.id, part=part))
    session.flush()


def _save_remarks(desk: Desk, session: Session, encounter_id: str, encounter: Encounter) -> None:

    known = {(row.field, row.code) for row in remarks_of(session, encounter_id)}
    for remark in encounter.remarks:
        if (remark.item, remark.kind.value) not in known:
            session.add(
                RemarkRow(
                    encounter_id=encounter_id,
                    field=remark.item[:200],
                    code=remark.kind.value,
                    message=remark.message[:400],
                    at=desk.now(),
                )
            )
