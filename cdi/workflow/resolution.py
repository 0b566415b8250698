"""What new notes do to queries: questions they answer end, answers they repeat are verified."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from cdi.compliance.documentation import documented_conditions
from cdi.domain.actor import Actor
from cdi.domain.finding import Review
from cdi.domain.query import AWAITING, UNSENT, Outcome, QueryState, QueryVerb
from cdi.storage import Session
from cdi.storage.charts import notes_since
from cdi.storage.queries import queries_of_encounter
from cdi.storage.tables import EncounterRow, QueryRow, QuestionRow
from cdi.workflow.delivery import announce
from cdi.workflow.desk import Desk, note_event
from cdi.workflow.moves import move

DOCUMENTED = "documented meanwhile"
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
            continue
        receipt = move(session, query, verb, actor, desk.now(), DOCUMENTED)
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
            reason=DOCUMENTED,
        )
        moved[query.id] = receipt.state
    return moved


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
