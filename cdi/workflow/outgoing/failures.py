"""Deliveries that failed: what an administrator sees of them, and trying them again."""

from __future__ import annotations

from cdi.domain.actor import Actor
from cdi.errors import NotFound, TransitionError
from cdi.storage.outbox import find_delivery, retry_delivery
from cdi.storage.pages import Page, deliveries_page
from cdi.storage.tables import DeliveryRow, DeliveryState
from cdi.workflow.desk import Desk, Receipt, note_event
from cdi.workflow.permissions import reach, require


def open_deliveries(
    desk: Desk,
    actor: Actor,
    *,
    state: DeliveryState = DeliveryState.FAILED,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[DeliveryRow]:
    """Return a page of the deliveries of one's facilities in a state, newest first.

    They name ids, kinds, targets and codes of errors; what was to be sent is not shown.

    Raises:
        NotAllowed: the actor administers nothing.
        InputError: the cursor is not one of this list.
    """
    places = reach(actor, "delivery.list")
    with desk.store.reading() as session:
        return deliveries_page(session, places, state=state, cursor=cursor, limit=limit)


def try_again(desk: Desk, actor: Actor, delivery_id: str) -> Receipt:
    """Let a delivery that failed be tried anew, under the same message id.

    Raises:
        NotFound, NotAllowed: as the permissions say.
        TransitionError: it has not failed.
    """
    verb = "delivery.retry"
    with desk.store.writing() as session:
        row = find_delivery(session, delivery_id, lock=True)
        if row is None:
            raise NotFound("there is no such thing")
        require(actor, verb, row.facility_id)
        if row.state is not DeliveryState.FAILED:
            raise TransitionError("retry", row.state.value, [])
        retry_delivery(row, desk.now())
        receipt = Receipt("delivery", row.id, state=row.state.value)
        note_event(desk, session, actor, verb, receipt, row.facility_id, None, query=row.query_id)
    if desk.wake is not None:
        desk.wake()
    return receipt
