"""The audit trail, for auditors."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from cdi.api.calls import Look
from cdi.api.paging import in_utc, with_next
from cdi.api.schemas import EventOut, PageOut
from cdi.api.shapes import shape_event
from cdi.workflow.worklists import export_events, search_events

router = APIRouter(prefix="/events", tags=["audit"])
_Word = Annotated[str, Query(max_length=80)]


@router.get("")
def search(
    call: Look,
    subject_id: _Word = "",
    encounter_id: _Word = "",
    actor_id: _Word = "",
    verb: _Word = "",
    since: datetime | None = None,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> PageOut[EventOut]:
    """Return lines of the audit trail, newest first."""
    page = search_events(
        call.desk,
        call.actor,
        subject_id=subject_id,
        encounter_id=encounter_id,
        actor_id=actor_id,
        verb=verb,
        since=in_utc(since) if since else None,
        cursor=cursor,
        limit=limit,
    )
    return PageOut(items=[shape_event(row) for row in page.rows], following=page.following)


@router.get(
    "/export",
    response_class=Response,
    responses={
        200: {
            "description": "JSON Lines with the links of the chain; `Link` names the next page",
            "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
        }
    },
)
def export(
    request: Request,
    call: Look,
    after: Annotated[int, Query(ge=0, le=2**62)] = 0,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1_000,
) -> Response:
    """Return the events of one's facilities after a number, oldest first, to be kept elsewhere."""
    lines, last = export_events(call.desk, call.actor, after=after, limit=limit)
    text = "".join(f"{line}\n" for line in lines)
    response = Response(text, media_type="application/x-ndjson")
    return with_next(request, response, str(last) if len(lines) == limit else None, "after")
