"""The outbox, for administrators: what failed and trying it again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from cdi.api.calls import Look
from cdi.api.schemas import DeliveryOut, PageOut, ReceiptOut
from cdi.storage.tables import DeliveryState
from cdi.workflow.outgoing.failures import open_deliveries, try_again

router = APIRouter(prefix="/deliveries", tags=["deliveries"])


@router.get("")
def list_page(
    call: Look,
    state: DeliveryState = DeliveryState.FAILED,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> PageOut[DeliveryOut]:
    """Return deliveries in a state, newest first; what was to be sent is not shown."""
    page = open_deliveries(call.desk, call.actor, state=state, cursor=cursor, limit=limit)
    items = [DeliveryOut.model_validate(row) for row in page.rows]
    return PageOut(items=items, following=page.following)


@router.post("/{delivery_id}/retry")
def retry(delivery_id: Annotated[str, Path(max_length=64)], call: Look) -> ReceiptOut:
    """Try a delivery that failed anew, under the same message id."""
    return ReceiptOut.model_validate(try_again(call.desk, call.actor, delivery_id))
