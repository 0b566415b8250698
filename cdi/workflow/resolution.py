"""What new notes do to queries: questions they answer end, answers they repeat are verified."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from cdi.compliance.documentation import documented_conditions
from cdi.domain.actor import Actor
from cdi.domain.encounter import Role
from cdi.domain.finding import Review
from cdi.domain.query import AWAITING, UNSENT, Outcome, QueryState, QueryVerb
from cdi.domain.reasons import EndReason
from cdi.storage import Session
from cdi.storage.charts import notes_since
from cdi.storage.pages import last_event_at
from cdi.storage.queries import queries_of_encounter
from cdi.storage.tables import EncounterRow, QueryRow, QuestionRow
from cdi.workflow.delivery import announce
from cdi.workflow.desk import Desk, note_event
from cdi.workflow.moves import move, receipt_of

UNVERIFIED = "query.unverified"
"""That notes written after an answer do not say what was answered."""
_DOCUMENTED = EndReason.DOCUMENTED_MEANWHILE
_BETWEEN = timedelta(days=1)
_NOTHING_TO_WRITE = frozenset({Outcome.UNDETERMINED, Outcome.NOT_SIGNIFICANT})


def follow_up(
    desk: Desk, session: Session, actor: Actor, encounter: EncounterRow, review: Review
) -> dict[str, str]:
    """Move the queries of an encounter that the record has overtaken; return their new states."""
    raised = {(finding.condition, finding.id) for finding in review.findings}
    moved: dict[str, str] = {}
    for query in queries_of_encounter(session, encounter.id):
        verb = _verb(session, query, review, raised)
        if verb is None:
            _remind_of_record(desk, session, actor, query, review)
            continue
        receipt = move(session, query, verb, actor, desk.now(), _DOCUMENTED)
        if verb is QueryVerb.VERIFY:
            query.verified_at = desk.now()
        if verb is QueryVerb.WITHDRAW:
            announce(desk, session, query, "query.withdrawn", query.recipient_id)
        note_event(
            desk,
            session,
            actor,
            f"query.{verb}",
            receipt,
            query.facility_id,
            query.encounter_id,
            reason=_DOCUMENTED.value,
        )
        moved[query.id] = receipt.state
    return moved


def _remind_of_record(
    desk: Desk, session: Session, actor: Actor, query: QueryRow, review: Review
) -> None:
    """Remind of an answer that treating providers have written notes since without saying.

    Once for what was written since the answer or the last such reminder, and once a day at most:
    an answer that never reaches the record is as good as none for whoever codes from it.
    """
    if query.state is not QueryState.ANSWERED or query.answered_at is None:
        return
    if all(question.outcome in _NOTHING_TO_WRITE for question in query.questions):
        return
    last = last_event_at(session, query.id, UNVERIFIED)
    if last is not None and desk.now() - last < _BETWEEN:
        return
    newer = notes_since(session, query.encounter_id, last or query.answered_at)
    notes = [note for note in review.encounter.notes if note.id in newer and note.status.counts]
    if not any(note.role is Role.PROVIDER for note in notes):
        return
    announce(desk, session, query, UNVERIFIED, query.recipient_id)
    receipt = receipt_of(query)
    place, stay = query.facility_id, query.encounter_id
    note_event(desk, session, actor, UNVERIFIED, receipt, place, stay, notes=len(notes))


def documented_as_answered(
    session: Session, query: QueryRow, review: Review, raised: Collection[tuple[str, str]]
) -> bool:
    """Tell whether notes received after the answer say what was answered.

    A diagnosis must stand in such a note of a treating provider; where it was ruled out it is
    enough that the record no longer raises the question.
    """
    answered = query.answered_at
    if answered is None or all(q.outcome in _NOTHING_TO_WRITE for q in query.questions):
        return False
    newer = notes_since(session, query.encounter_id, answered)
    notes = tuple(note for note in review.encounter.notes if note.id in newer)
    later = Review(
        replace(review.encounter, notes=notes),
        (),
        tuple(reading for reading in review.readings if reading.note_id in newer),
    )
    written = documented_conditions(later)
    return all(_is_written(question, written, raised) for question in query.questions)


def _verb(
    session: Session, query: QueryRow, review: Review, raised: Collection[tuple[str, str]]
) -> QueryVerb | None:
    if query.state is QueryState.ANSWERED:
        settled = documented_as_answered(session, query, review, raised)
        return QueryVerb.VERIFY if settled else None
    if any((q.condition, q.name) in raised for q in query.questions):
        return None
    if query.state in UNSENT:
        return QueryVerb.RESOLVE
    waits = query.state in AWAITING or query.state is QueryState.DECLINED
    return QueryVerb.WITHDRAW if waits else None


def _is_written(
    question: QuestionRow, written: Collection[str], raised: Collection[tuple[str, str]]
) -> bool:
    if question.outcome in _NOTHING_TO_WRITE:
        return True
    if (question.condition, question.name) in raised:
        return False
    return question.outcome is Outcome.RULED_OUT or question.condition in written
