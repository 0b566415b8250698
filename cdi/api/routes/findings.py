"""The specialist's worklist."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from cdi.api.calls import Change, Look
from cdi.api.schemas import DismissIn, FindingOut, PageOut, ReceiptOut
from cdi.api.shapes import shape_finding
from cdi.domain.query import FindingState
from cdi.workflow.charts import open_worklist
from cdi.workflow.lifecycle import dismiss_finding
from cdi.workflow.worklists import open_finding

router = APIRouter(prefix="/findings", tags=["findings"])
Id = Annotated[str, Path(max_length=64)]


@router.get("")
def list_open(
    call: Look,
    state: FindingState = FindingState.OPEN,
    condition: Annotated[str, Query(max_length=80)] = "",
    cursor: Annotated[str | None, Query(max_length=400)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> PageOut[FindingOut]:
    """Return findings of one's facilities, most important first."""
    page = open_worklist(
        call.desk, call.actor, state=state, condition=condition, cursor=cursor, limit=limit
    )
    return PageOut(items=[shape_finding(row) for row in page.rows], following=page.following)


@router.get("/{finding_id}")
def show(finding_id: Id, call: Look) -> FindingOut:
    """Return one finding with its explanation."""
    row = open_finding(call.desk, call.actor, finding_id)
    call.tag(row.version)
    return shape_finding(row)


@router.post("/{finding_id}/dismiss")
def dismiss(finding_id: Id, body: DismissIn, call: Change) -> ReceiptOut:
    """Put a finding away; it comes back only with a newer version of its rule."""
    receipt = dismiss_finding(
        call.desk, call.actor, finding_id, call.seen, body.reason, body.remark, key=call.key
    )
    return call.give(receipt)
