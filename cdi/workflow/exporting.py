"""What leaves the desk on demand: clarified diagnoses for coding systems, queries as documents."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from cdi.domain.actor import Actor
from cdi.domain.clarified import ClarifiedDiagnosis
from cdi.domain.encounter import Patient
from cdi.domain.outgoing import Clinician, QueryDocument, SignedAnswer
from cdi.domain.query import CoderStatus
from cdi.errors import NotFound
from cdi.storage import Session
from cdi.storage.charts import find_encounter
from cdi.storage.clarified import Clarified, clarified
from cdi.storage.pages import diagnoses_page
from cdi.storage.people import find_user
from cdi.storage.queries import find_letter, find_response, to_letter
from cdi.storage.tables import FacilityRow, PatientRow, QueryRow, ResponseRow, UserRow
from cdi.workflow.charts import note_list
from cdi.workflow.desk import Desk
from cdi.workflow.moves import take_query
from cdi.workflow.permissions import reach
from cdi.workflow.permitted import take_diagnosis
from cdi.workflow.trail import note_query

_QUERY, _DIAGNOSIS = "query.export", "diagnosis.export"


@dataclass(frozen=True, slots=True)
class Exported:
    """Some clarified diagnoses, oldest first, and the cursor of those that follow."""

    diagnoses: tuple[ClarifiedDiagnosis, ...]
    following: str | None


def export_diagnoses(
    desk: Desk,
    actor: Actor,
    *,
    statuses: Collection[CoderStatus],
    since: datetime | None = None,
    cursor: str | None = None,
    limit: int = 500,
) -> Exported:
    """Return clarified diagnoses of the actor's facilities for a coding system; an event.

    Args:
        desk: where.
        actor: a coder, a manager, or a machine that may.
        statuses: what the coder has made of them.
        since: only those changed since.
        cursor: of the page before.
        limit: most of one page.

    Raises:
        NotAllowed: the actor may export nothing anywhere.
        InputError: the cursor is not one of this list.
    """
    places = reach(actor, _DIAGNOSIS)
    with desk.store.looking() as session:
        page = diagnoses_page(
            session, places, statuses=statuses, since=since, cursor=cursor, limit=limit
        )
        found = tuple(_diagnosis(desk, one) for one in clarified(session, page.rows))
        note_list(desk, session, actor, _DIAGNOSIS, page.rows)
    return Exported(found, page.following)


def export_diagnosis(desk: Desk, actor: Actor, diagnosis_id: str) -> ClarifiedDiagnosis:
    """Return one clarified diagnosis for a coding system; an event.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    with desk.store.looking() as session:
        row = take_diagnosis(session, actor, diagnosis_id, _DIAGNOSIS)
        (found,) = clarified(session, [row])
        note_list(desk, session, actor, _DIAGNOSIS, (row,))
        return _diagnosis(desk, found)


def export_query(desk: Desk, actor: Actor, query_id: str) -> QueryDocument:
    """Return a query with its letter and answer for another system; an event.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    with desk.store.looking() as session:
        query = take_query(session, actor, query_id, _QUERY, desk.now(), lock=False)
        document = describe_query(session, query)
        note_query(desk, session, actor, _QUERY, query)
    return document


def describe_query(session: Session, query: QueryRow) -> QueryDocument:
    """Return a query as other systems are told of it, with the newest version of its letter."""
    row = find_encounter(session, query.encounter_id)
    facility = session.get(FacilityRow, query.facility_id)
    if row is None or facility is None:
        raise NotFound("there is no such thing")
    letter = find_letter(session, query)
    response = find_response(session, query.id)
    patient = session.get(PatientRow, row.patient_id) if row.patient_id else None
    return QueryDocument(
        message_id=query.id,
        topic=f"query.{query.state}",
        at=query.changed_at,
        facility=facility.code,
        patient=_patient(patient),
        encounter=row.number,
        query=query.id,
        state=query.state,
        version=query.version,
        letter=to_letter(letter),
        letter_revision=letter.revision,
        recipient=_clinician(find_user(session, query.recipient_id or "")),
        sent_at=query.sent_at,
        due_at=query.due_at,
        answer=_answer(session, response) if response else None,
    )


def _answer(session: Session, response: ResponseRow) -> SignedAnswer:
    return SignedAnswer(
        id=response.id,
        chosen=tuple((answer.option, answer.words) for answer in response.answers),
        addendum=response.addendum,
        signed_by=_clinician(find_user(session, response.answered_by)) or Clinician("", ""),
        signed_at=response.answered_at,
    )


def _diagnosis(desk: Desk, found: Clarified) -> ClarifiedDiagnosis:
    row = found.diagnosis
    code = row.code or ""
    return ClarifiedDiagnosis(
        id=row.id,
        facility=found.facility.code,
        patient=_patient(found.patient),
        encounter=found.encounter.number,
        query=row.query_id,
        answer=found.response.id,
        wording=row.wording,
        outcome=row.outcome,
        status=row.status,
        code=code,
        title=desk.codes.title(code) if desk.codes and code else "",
        poa=row.poa,
        clarified_by=_clinician(found.answered_by) or Clinician("", ""),
        clarified_at=found.response.answered_at,
        changed_at=row.changed_at,
    )


def _patient(row: PatientRow | None) -> Patient | None:
    if row is None:
        return None
    return Patient(row.number, name=row.name, birth_date=row.birth_date, sex=row.sex)


def _clinician(row: UserRow | None) -> Clinician | None:
    return Clinician(row.provider_id or "", row.name) if row else None
