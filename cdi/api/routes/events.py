"""The audit trail, for auditors."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query

from cdi.api.calls import Look
from cdi.api.schemas import EventOut, PageOut
from cdi.api.shapes import shape_event
from cdi.workflow.worklists import search_events

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
        since=since if since is None or since.tzinfo else since.astimezone(),
        cursor=cursor,
        limit=limit,
    )
    return PageOut(items=[shape_event(row) for row in page.rows], following=page.following)
