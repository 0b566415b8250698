"""What happens to a query nobody answers: reminders, escalation, and an end."""

from __future__ import annotations

from datetime import datetime

from cdi.domain.actor import Actor
from cdi.domain.policy import Policy
from cdi.domain.query import AWAITING, QueryState, QueryVerb
from cdi.domain.reasons import EndReason
from cdi.domain.working_time import Schedule
from cdi.errors import InputError
from cdi.storage import Session
from cdi.storage.people import find_policy, find_user
from cdi.storage.queries import due_queries
from cdi.storage.tables import QueryRow
from cdi.workflow.delivery import announce
from cdi.workflow.desk import Desk, Receipt, Request, carry_out
from cdi.workflow.moves import move, receipt_of, take_query
from cdi.workflow.trail import note_query


def due_steps(desk: Desk, limit: int = 100) -> list[str]:
    """Return the ids of queries whose next step is due, for :func:`take_step`."""
    with desk.store.reading() as session:
        return due_queries(session, desk.now(), limit)


def take_step(desk: Desk, actor: Actor, query_id: str) -> Receipt:
    """Remind, escalate or end an unanswered query, whichever its policy says is due now.

    Nothing happens to a query whose step is not due any more, so that two workers may try.
    """

    def act(session: Session) -> Receipt:
        now = desk.now()
        query = take_query(session, actor, query_id, "query.remind", now)
        if query.state not in AWAITING or query.next_step_at is None or query.next_step_at > now:
            return receipt_of(query)
        policy, schedule = _clock(session, query, now)
        step = due_step(query, policy, schedule, now)
        return _take(desk, session, actor, query, step, policy, schedule)

    content = {"query": query_id}
    return carry_out(desk, Request(actor, "query.step", content), act)


def remind(desk: Desk, actor: Actor, query_id: str, version: int, *, key: str = "") -> Receipt:
    """Remind the recipient now."""
    return _by_hand(desk, actor, query_id, version, QueryVerb.REMIND, key)


def escalate(desk: Desk, actor: Actor, query_id: str, version: int, *, key: str = "") -> Receipt:
    """Ask whom the facility's policy names as well, now.

    Raises:
        InputError: the policy names nobody.
    """
    return _by_hand(desk, actor, query_id, version, QueryVerb.ESCALATE, key)


def expire(desk: Desk, actor: Actor, query_id: str, version: int, *, key: str = "") -> Receipt:
    """End an unanswered query now; its questions may be asked again."""
    return _by_hand(desk, actor, query_id, version, QueryVerb.EXPIRE, key)


def due_step(query: QueryRow, policy: Policy, schedule: Schedule, now: datetime) -> QueryVerb:
    """Return what is due: the end before escalation, escalation before a reminder."""
    passed = schedule.between(query.sent_at or now, now)
    if passed >= policy.expire_hours:
        return QueryVerb.EXPIRE
    can_escalate = bool(policy.escalate_to) and query.state is not QueryState.ESCALATED
    if can_escalate and passed >= policy.escalate_hours:
        return QueryVerb.ESCALATE
    return QueryVerb.REMIND


def set_next_step(query: QueryRow, policy: Policy, schedule: Schedule) -> None:
    """Set when something is to happen next if the query stays unanswered."""
    if query.sent_at is None:
        return
    hours = [*policy.reminder_hours[query.reminders :][:1], policy.expire_hours]
    if policy.escalate_to and query.state is not QueryState.ESCALATED:
        hours.append(policy.escalate_hours)
    query.next_step_at = schedule.after(query.sent_at, min(hours))


def _by_hand(
    desk: Desk, actor: Actor, query_id: str, version: int, step: QueryVerb, key: str
) -> Receipt:
    verb = f"query.{step}"

    def act(session: Session) -> Receipt:
        query = take_query(session, actor, query_id, verb, desk.now(), version)
        policy, schedule = _clock(session, query, desk.now())
        return _take(desk, session, actor, query, step, policy, schedule)

    content = {"query": query_id, "version": version}
    return carry_out(desk, Request(actor, verb, content, key), act)


def _take(
    desk: Desk,
    session: Session,
    actor: Actor,
    query: QueryRow,
    step: QueryVerb,
    policy: Policy,
    schedule: Schedule,
) -> Receipt:
    now = desk.now()
    move(session, query, step, actor, now, EndReason.UNANSWERED)
    if step is QueryVerb.REMIND:
        query.reminders += 1
    if step is QueryVerb.ESCALATE:
        if not policy.escalate_to:
            raise InputError("the policy of the facility names nobody", field="escalate_to")
        query.escalated_at, query.escalated_to = now, policy.escalate_to
    if step is not QueryVerb.EXPIRE:
        set_next_step(query, policy, schedule)
    topic = {"remind": "reminder", "escalate": "escalated", "expire": "expired"}[step.value]
    announce(desk, session, query, f"query.{topic}", query.recipient_id, query.escalated_to)
    return note_query(
        desk,
        session,
        actor,
        f"query.{step}",
        query,
        reminders=query.reminders,
        escalated_to=query.escalated_to,
    )


def _clock(session: Session, query: QueryRow, now: datetime) -> tuple[Policy, Schedule]:
    policy = find_policy(session, query.facility_id, now)
    recipient = find_user(session, query.recipient_id or "")
    return policy, policy.schedule(recipient.schedule if recipient else "")
