"""Moving a query along its life: found, permitted, of the version seen, and one state further."""

from __future__ import annotations

from datetime import datetime

from cdi.domain.actor import Actor, StaffRole
from cdi.domain.query import ENDED, FindingChange, FindingState, QueryState, QueryVerb, next_state
from cdi.domain.reasons import EndReason
from cdi.errors import ConflictError, NotFound
from cdi.storage import Session
from cdi.storage.findings import add_history, findings_by_id
from cdi.storage.people import find_cover
from cdi.storage.queries import find_query
from cdi.storage.tables import QueryRow
from cdi.workflow.desk import Receipt
from cdi.workflow.permissions import require_of_query

# After these the same question may be asked again, by another letter.
_RELEASING = frozenset({QueryState.WITHDRAWN, QueryState.RESOLVED, QueryState.EXPIRED})


def take_query(
    session: Session,
    actor: Actor,
    query_id: str,
    verb: str,
    now: datetime,
    version: int | None = None,
    *,
    lock: bool = True,
) -> QueryRow:
    """Return a query, locked, that the actor may act on.

    Args:
        session: of the transaction.
        actor: who acts.
        query_id: which query.
        verb: for the permission ("query.send").
        now: decides who covers for the recipient.
        version: the version the actor saw; None for steps that no version stands behind.
        lock: False for a mere look, which waits for nobody.

    Raises:
        NotFound, NotAllowed: as the permissions say.
        ConflictError: the query was changed since; tells by whom.
    """
    query = find_query(session, query_id, lock=lock)
    if query is None:
        raise NotFound("there is no such thing")
    asked = frozenset({query.recipient_id or "", query.escalated_to or ""})
    if actor.id not in asked and actor.holds(StaffRole.PHYSICIAN, query.facility_id):
        asked = those_asked(session, query, now)  # perhaps as cover, which takes a look
    require_of_query(actor, verb, query.facility_id, query.encounter_id, asked)
    if version is not None and version != query.version:
        raise ConflictError(
            f"query {query.id} is at version {query.version}, you saw {version}; "
            f"it is {query.state} now",
            version=query.version,
            changed_by=query.changed_by,
        )
    return query


def those_asked(session: Session, query: QueryRow, now: datetime) -> frozenset[str]:
    """Return the ids of those who may answer: recipient, cover, and whom it was escalated to."""
    asked = {query.recipient_id, query.escalated_to}
    if query.recipient_id:
        cover = find_cover(session, query.recipient_id, now)
        asked.add(cover.id if cover else None)
    return frozenset(identifier for identifier in asked if identifier)


def move(
    session: Session,
    query: QueryRow,
    verb: QueryVerb,
    actor: Actor,
    now: datetime,
    reason: EndReason | None = None,
) -> Receipt:
    """Bring a query to its next state; the reason counts if it ends there.

    Raises:
        TransitionError: the verb does not apply now.
    """
    query.state = next_state(query.state, verb)
    query.changed_at, query.changed_by = now, actor.id
    if query.state in ENDED:
        query.ended_at, query.end_reason, query.next_step_at = now, reason, None
    if query.state in _RELEASING:
        _release(session, query, actor, now)
    session.flush()
    return receipt_of(query)


def receipt_of(query: QueryRow) -> Receipt:
    """Return how a query stands."""
    return Receipt("query", query.id, query.version, query.state.value)


def _release(session: Session, query: QueryRow, actor: Actor, now: datetime) -> None:
    """Let the findings be asked about again."""
    for question in query.questions:
        question.asked_once = None
    identifiers = [q.finding_id for q in query.questions if q.finding_id]
    for row in findings_by_id(session, identifiers):
        if row.state is FindingState.ASKED:
            row.state = FindingState.OPEN
            add_history(session, row, FindingChange.RELEASED, actor.id, now)
