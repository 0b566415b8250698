"""Sending a query: judged once more against the record, capped, due by working time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from cdi.domain.actor import Actor
from cdi.domain.finding import Review
from cdi.domain.policy import Policy
from cdi.domain.query import QueryVerb
from cdi.domain.reasons import OverrideReason, check_reason
from cdi.errors import InputError, LimitReached, NotCompliant
from cdi.storage import Session
from cdi.storage.charts import note_asked
from cdi.storage.people import find_policy, find_user
from cdi.storage.queries import count_sent_since, find_letter, to_letter
from cdi.storage.tables import LetterRow, QueryRow
from cdi.workflow.deadlines import set_next_step
from cdi.workflow.delivery import announce
from cdi.workflow.desk import Desk, Receipt, Request, carry_out
from cdi.workflow.drafting import review_of_query
from cdi.workflow.letters import judge, stopping, violation_record
from cdi.workflow.moves import move, take_query
from cdi.workflow.permissions import require
from cdi.workflow.trail import note_query

VERB = "query.send"


@dataclass(frozen=True, slots=True)
class Override:
    """Why a manager sends a letter in spite of its violations; the remark is for the audit."""

    reason: OverrideReason
    remark: str = ""


def send_query(
    desk: Desk,
    actor: Actor,
    query_id: str,
    version: int,
    *,
    override: Override | None = None,
    key: str = "",
) -> Receipt:
    """Send a query to its recipient.

    The letter is judged again, by the record as it is now: a quoted value that was amended, or a
    diagnosis documented meanwhile, stops it.

    Args:
        desk: where.
        actor: a specialist or manager.
        query_id: which query.
        version: as the actor saw it.
        override: why it is sent in spite of violations; for managers, and in the audit trail.
        key: idempotency key.

    Raises:
        NotCompliant: the letter has violations; names the practice rules.
        InputError: an override for another reason without words.
        NotAllowed: an override by somebody who is no manager.
        LimitReached: the recipient was sent as many today as the policy allows.
        ConflictError, TransitionError: the query is not as it was seen, or sent already.
    """
    review = review_of_query(desk, actor, query_id, VERB)
    content = {"query": query_id, "version": version, "override": _content(override)}

    def act(session: Session) -> Receipt:
        query = take_query(session, actor, query_id, VERB, desk.now(), version)
        move(session, query, QueryVerb.SEND, actor, desk.now())
        letter = find_letter(session, query)
        rules = pass_gate(desk, actor, query, letter, review, override)
        policy = find_policy(session, query.facility_id, desk.now())
        check_limit(session, query, policy, desk.now())
        start_clock(session, query, policy, desk.now())
        announce(desk, session, query, VERB.replace("send", "sent"), query.recipient_id)
        return note_query(
            desk,
            session,
            actor,
            VERB,
            query,
            letter,
            recipient=query.recipient_id,
            due=query.due_at.isoformat() if query.due_at else None,
            retrospective=query.retrospective,
            overridden=rules,
            **_told(desk, letter),
        )

    return carry_out(desk, Request(actor, VERB, content, key), act)


def pass_gate(
    desk: Desk,
    actor: Actor,
    query: QueryRow,
    letter: LetterRow,
    review: Review,
    override: Override | None,
) -> list[str]:
    """Let a letter through if nothing is wrong with it; return the rules that were overridden.

    Raises:
        NotCompliant: there are violations and no reason to override them.
        NotAllowed: the actor is no manager of the facility.
        InputError: another reason without words.
    """
    violations = judge(desk, to_letter(letter), review)
    letter.violations = [violation_record(violation) for violation in violations]
    letter.pack_version = desk.pack_version
    rules = sorted({violation.rule for violation in stopping(violations)})
    if not rules:
        return []
    if override is None:
        raise NotCompliant(rules)
    require(actor, "query.override", query.facility_id)
    remark = check_reason(override.reason, override.remark)
    letter.override_by, letter.override_reason = actor.id, override.reason
    letter.override_remark = remark
    return rules


def _content(override: Override | None) -> list[str]:
    return [override.reason.value, override.remark] if override else []


def _told(desk: Desk, letter: LetterRow) -> dict[str, str]:
    """Return what the trail, which is exported, says of an override: reason, hash of remark."""
    if letter.override_reason is None:
        return {}
    return {
        "override": letter.override_reason.value,
        "override_remark": desk.store.digest(letter.override_remark),
    }


def check_limit(session: Session, query: QueryRow, policy: Policy, now: datetime) -> None:
    """Make sure the recipient may be asked once more today.

    Raises:
        LimitReached: the facility's policy allows no more.
        InputError: the query has no recipient.
    """
    if query.recipient_id is None:
        raise InputError("there is nobody to ask", field="recipient")
    today = now.astimezone(ZoneInfo(policy.zone)).date()
    midnight = datetime.combine(today, time(), ZoneInfo(policy.zone))
    if count_sent_since(session, query.recipient_id, midnight) >= policy.most_per_day:
        raise LimitReached(
            f"{query.recipient_id} was sent {policy.most_per_day} queries today, "
            "as many as the policy allows"
        )


def note_sent(session: Session, query: QueryRow, at: datetime) -> None:
    """Set when a query was sent, also where the figures look for it."""
    query.sent_at = at
    for question in query.questions:
        question.sent_at = at
    note_asked(session, query.encounter_id, at)


def start_clock(session: Session, query: QueryRow, policy: Policy, now: datetime) -> None:
    """Set when a query was sent, when an answer is due and what comes next if there is none."""
    recipient = find_user(session, query.recipient_id or "")
    schedule = policy.schedule(recipient.schedule if recipient else "")
    note_sent(session, query, now)
    query.due_at = schedule.after(now, policy.due_hours)
    query.viewed_at, query.escalated_at, query.escalated_to, query.reminders = None, None, None, 0
    set_next_step(query, policy, schedule)
