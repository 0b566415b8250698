"""The specialist's worklist."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from cdi.api.presence import DeskOf, Key, Present, Seen
from cdi.api.schemas import FindingOut, PageOut, ReasonIn, ReceiptOut
from cdi.api.shapes import give_receipt, shape_finding, tag
from cdi.domain.query import FindingState
from cdi.workflow.charts import open_worklist
from cdi.workflow.lifecycle import dismiss_finding
from cdi.workflow.worklists import open_finding

router = APIRouter(prefix="/findings", tags=["findings"])
Id = Annotated[str, Path(max_length=64)]


@router.get("")
def list_open(
    desk: DeskOf,
    presence: Present,
    state: FindingState = FindingState.OPEN,
    condition: Annotated[str, Query(max_length=80)] = "",
    cursor: Annotated[str | None, Query(max_length=400)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> PageOut[FindingOut]:
    """Return findings of one's facilities, most important first."""
    page = open_worklist(
        desk, presence.actor, state=state, condition=condition, cursor=cursor, limit=limit
    )
    return PageOut(items=[shape_finding(row) for row in page.rows], following=page.following)


@router.get("/{finding_id}")
def show(finding_id: Id, desk: DeskOf, presence: Present, response: Response) -> FindingOut:
    """Return one finding with its explanation."""
    row = open_finding(desk, presence.actor, finding_id)
    tag(response, row.version)
    return shape_finding(row)


@router.post("/{finding_id}/dismiss")
def dismiss(
    finding_id: Id,
    body: ReasonIn,
    seen: Seen,
    desk: DeskOf,
    presence: Present,
    response: Response,
    key: Key = "",
) -> ReceiptOut:
    """Put a finding away; it comes back only with a newer version of its rule."""
    receipt = dismiss_finding(desk, presence.actor, finding_id, seen, body.reason, key=key)
    return give_receipt(receipt, response)
