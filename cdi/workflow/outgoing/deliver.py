"""Delivering what is due: leased, sent outside any transaction, marked in one of its own.

Whoever dies between sending and marking leaves a lease that runs out; the message is then sent
again under the same id. Nothing is lost, and a receiver can tell a repetition.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

from cdi.domain.actor import Actor
from cdi.errors import CdiError, DeliveryError
from cdi.storage import Session
from cdi.storage.outbox import find_delivery, lease_due, mark_delivered, mark_failed
from cdi.storage.queries import find_query
from cdi.storage.tables import DeliveryKind, DeliveryRow, DeliveryState
from cdi.workflow.desk import Desk, Receipt, note_event
from cdi.workflow.outgoing.dispatch import Dispatch, Sender, dispatch_of

LEASE = timedelta(minutes=5)
"""How long a delivery may take before another worker tries it; longer than any sender waits."""


def deliver_due(
    desk: Desk,
    actor: Actor,
    senders: Mapping[DeliveryKind, Sender],
    *,
    lease: timedelta = LEASE,
    limit: int = 200,
) -> Counter[str]:
    """Deliver what is due, oldest first; return how many ended in which state.

    Args:
        desk: whose outbox.
        actor: the service account, for the events.
        senders: by kind; what has none fails with "not-configured" and is tried again later.
        lease: how long one delivery may take.
        limit: most deliveries of this call.
    """
    states: Counter[str] = Counter()
    for _ in range(limit):
        dispatch = _lease(desk, lease)
        if dispatch is None:
            break
        states[_settle(desk, actor, dispatch, _attempt(senders, dispatch)).value] += 1
    return states


def _lease(desk: Desk, lease: timedelta) -> Dispatch | None:
    with desk.store.writing() as session:
        rows = lease_due(session, desk.now(), lease, limit=1)
        return dispatch_of(rows[0]) if rows else None


def _attempt(senders: Mapping[DeliveryKind, Sender], dispatch: Dispatch) -> DeliveryError | None:
    """Try once; None if the other side has taken it."""
    sender = senders.get(dispatch.kind)
    if sender is None:
        return DeliveryError("not-configured")
    try:
        sender(dispatch)
    except DeliveryError as error:
        return error
    except CdiError as error:
        return DeliveryError(f"cannot-{error.code}")
    except Exception as error:
        # A defect in making one message must not keep the others back; its words stay out of the
        # outbox, they may be those of a record.
        return DeliveryError(f"defect-{type(error).__name__}"[:80])
    return None


def _settle(
    desk: Desk, actor: Actor, dispatch: Dispatch, error: DeliveryError | None
) -> DeliveryState:
    """Note how an attempt ended; its end, good or bad, is an event."""
    with desk.store.writing() as session:
        row = find_delivery(session, dispatch.id, lock=True)
        if row is None or not _is_ours(row, dispatch):
            # The lease ran out and another worker has it; it will say how it ends.
            return DeliveryState.LEASED
        if error is None:
            mark_delivered(row, desk.now())
        else:
            mark_failed(row, desk.now(), error.reason, lasting=error.lasting)
        if row.state is not DeliveryState.WAITING:
            _note(desk, session, actor, row)
        return row.state


def _is_ours(row: DeliveryRow, dispatch: Dispatch) -> bool:
    return row.state is DeliveryState.LEASED and row.attempts == dispatch.attempts


def _note(desk: Desk, session: Session, actor: Actor, row: DeliveryRow) -> None:
    query = find_query(session, row.query_id) if row.query_id else None
    verb = "delivery.send" if row.state is DeliveryState.DELIVERED else "delivery.fail"
    note_event(
        desk,
        session,
        actor,
        verb,
        Receipt("delivery", row.id, state=row.state.value),
        row.facility_id,
        query.encounter_id if query else None,
        kind=row.kind.value,
        topic=row.topic,
        query=row.query_id,
        attempts=row.attempts,
        error=row.error,
    )
