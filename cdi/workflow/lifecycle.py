"""The other steps of a query's life: seen, sent on, verified, closed, withdrawn."""

from __future__ import annotations

from dataclasses import dataclass

from cdi.domain.actor import Actor
from cdi.domain.query import FindingChange, FindingState, QueryState, QueryVerb
from cdi.domain.reasons import END_REASONS, DismissalReason, EndReason, check_reason
from cdi.errors import ConflictError, InputError
from cdi.storage import Session
from cdi.storage.findings import add_history
from cdi.storage.people import find_policy
from cdi.storage.tables import QueryRow
from cdi.workflow.delivery import announce
from cdi.workflow.desk import Desk, Receipt, Request, carry_out, note_event
from cdi.workflow.moves import move, take_query
from cdi.workflow.permitted import take_finding
from cdi.workflow.routing import chosen_route
from cdi.workflow.sending import check_limit, start_clock
from cdi.workflow.trail import note_query


def view_query(desk: Desk, actor: Actor, query_id: str) -> Receipt:
    """Note that the physician has opened a query; every opening is an event."""
    verb = "query.view"

    def act(session: Session) -> Receipt:
        query = take_query(session, actor, query_id, verb, desk.now())
        if query.state is QueryState.SENT:
            move(session, query, QueryVerb.VIEW, actor, desk.now())
        if query.viewed_at is None:
            query.viewed_at = desk.now()
        return note_query(desk, session, actor, verb, query)

    return carry_out(desk, Request(actor, verb, {"query": query_id}), act)


def reroute_query(
    desk: Desk, actor: Actor, query_id: str, version: int, recipient_id: str, *, key: str = ""
) -> Receipt:
    """Send a query on to another physician; its clock starts anew.

    Raises:
        InputError: the other is no physician of the facility.
        LimitReached: the other was asked enough today.
    """
    verb = "query.reroute"

    def act(session: Session) -> Receipt:
        query = take_query(session, actor, query_id, verb, desk.now(), version)
        before = query.recipient_id
        send_on(desk, session, actor, query, recipient_id)
        return note_query(desk, session, actor, verb, query, before=before, to=recipient_id)

    content = {"query": query_id, "version": version, "recipient": recipient_id}
    return carry_out(desk, Request(actor, verb, content, key), act)


def send_on(desk: Desk, session: Session, actor: Actor, query: QueryRow, recipient_id: str) -> None:
    """Give a query another recipient, in the open transaction; its clock starts anew.

    Raises:
        InputError: the recipient is no physician of the facility.
        LimitReached: the recipient was asked enough today.
    """
    route = chosen_route(session, query.facility_id, recipient_id)
    move(session, query, QueryVerb.REROUTE, actor, desk.now())
    query.recipient_id, query.routed_by = route.user.id, "rerouted"
    policy = find_policy(session, query.facility_id, desk.now())
    session.flush()
    check_limit(session, query, policy, desk.now())
    start_clock(session, query, policy, desk.now())
    announce(desk, session, query, "query.sent", query.recipient_id)


def verify_query(
    desk: Desk, actor: Actor, query_id: str, version: int, *, key: str = ""
) -> Receipt:
    """Note that the record says what was answered; reviews do so by themselves when they see it."""
    verb = "query.verify"

    def act(session: Session) -> Receipt:
        query = take_query(session, actor, query_id, verb, desk.now(), version)
        move(session, query, QueryVerb.VERIFY, actor, desk.now())
        query.verified_at = desk.now()
        return note_query(desk, session, actor, verb, query)

    content = {"query": query_id, "version": version}
    return carry_out(desk, Request(actor, verb, content, key), act)


def close_query(
    desk: Desk,
    actor: Actor,
    query_id: str,
    version: int,
    reason: EndReason = EndReason.VERIFIED,
    remark: str = "",
    *,
    key: str = "",
) -> Receipt:
    """Close a query: verified, or answered and, for a reason, not to be found in the record.

    Raises:
        InputError: the record was not verified and no other reason is given.
    """
    ending = _Ending(QueryVerb.CLOSE, reason, remark)
    return _end(desk, actor, query_id, version, ending, key)


def withdraw_query(
    desk: Desk,
    actor: Actor,
    query_id: str,
    version: int,
    reason: EndReason,
    remark: str = "",
    *,
    key: str = "",
) -> Receipt:
    """Take a query back; what was sent stays readable, and its questions may be asked again.

    Raises:
        InputError: it is no reason to withdraw, or another reason without words.
    """
    ending = _Ending(QueryVerb.WITHDRAW, reason, remark)
    return _end(desk, actor, query_id, version, ending, key)


def resolve_query(
    desk: Desk,
    actor: Actor,
    query_id: str,
    version: int,
    reason: EndReason,
    remark: str = "",
    *,
    key: str = "",
) -> Receipt:
    """End a draft that needs no sending.

    Raises:
        InputError: it is no reason to end a draft, or another reason without words.
    """
    ending = _Ending(QueryVerb.RESOLVE, reason, remark)
    return _end(desk, actor, query_id, version, ending, key)


def dismiss_finding(
    desk: Desk,
    actor: Actor,
    finding_id: str,
    version: int,
    reason: DismissalReason,
    remark: str = "",
    *,
    key: str = "",
) -> Receipt:
    """Put a finding away for a reason; it comes back only with a newer version of its rule.

    Raises:
        InputError: another reason without words.
        ConflictError: it changed since, or is asked about.
    """
    verb = "finding.dismiss"
    remark = check_reason(reason, remark)

    def act(session: Session) -> Receipt:
        row = take_finding(session, actor, finding_id, verb, lock=True)
        if row.version != version or row.state is not FindingState.OPEN:
            raise ConflictError(
                f"finding {row.id} is {row.state} at version {row.version}", version=row.version
            )
        row.state, row.reason = FindingState.DISMISSED, reason
        row.remark = remark
        add_history(session, row, FindingChange.DISMISSED, actor.id, desk.now())
        session.flush()
        receipt = Receipt("finding", row.id, row.version, row.state.value)
        note_event(
            desk,
            session,
            actor,
            verb,
            receipt,
            row.facility_id,
            row.encounter_id,
            rule=f"{row.condition}.{row.name}",
            rule_version=row.rule_version,
            reason=reason.value,
            **_told(desk, remark),
        )
        return receipt

    content = {"finding": finding_id, "version": version, "reason": reason, "remark": remark}
    return carry_out(desk, Request(actor, verb, content, key), act)


@dataclass(frozen=True, slots=True)
class _Ending:
    """How a query is to end, and why."""

    step: QueryVerb
    reason: EndReason
    remark: str


def _end(
    desk: Desk, actor: Actor, query_id: str, version: int, ending: _Ending, key: str
) -> Receipt:
    step, reason = ending.step, ending.reason
    verb = f"query.{step}"
    if reason not in END_REASONS[step]:
        allowed = ", ".join(END_REASONS[step])
        raise InputError(f"{reason} is no reason to {step}; these are: {allowed}", field="reason")
    remark = check_reason(reason, ending.remark)

    def act(session: Session) -> Receipt:
        query = take_query(session, actor, query_id, verb, desk.now(), version)
        sent = query.sent_at is not None
        if query.state is QueryState.ANSWERED and reason is EndReason.VERIFIED:
            raise InputError("not verified in the record; a reason is needed", field="reason")
        move(session, query, step, actor, desk.now(), reason)
        if remark:
            query.end_remark = remark
        if step is QueryVerb.WITHDRAW and sent:
            announce(desk, session, query, "query.withdrawn", query.recipient_id)
        told = _told(desk, remark)
        return note_query(desk, session, actor, verb, query, reason=reason.value, **told)

    content = {"query": query_id, "version": version, "reason": reason, "remark": remark}
    return carry_out(desk, Request(actor, verb, content, key), act)


def _told(desk: Desk, remark: str) -> dict[str, str]:
    """Return what the trail, which is exported, says of a remark: the hash of its words."""
    return {"remark": desk.store.digest(remark)} if remark else {}
