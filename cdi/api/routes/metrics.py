"""The manager's figures."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query

from cdi.api.calls import Look
from cdi.api.paging import in_utc
from cdi.api.schemas import AnswerCountOut, FiguresOut, TallyOut
from cdi.storage.counting import Dimension
from cdi.storage.metrics import Coverage, turnaround
from cdi.workflow.metrics import Period, open_figures

router = APIRouter(prefix="/metrics", tags=["metrics"])
_UNKNOWN = "unanswered"


@router.get("")
def show(
    call: Look,
    since: datetime,
    until: datetime,
    facility_id: Annotated[str, Query(max_length=64)] = "",
) -> FiguresOut:
    """Return the figures of the queries sent in a time of at most a year.

    They are those of all facilities one manages, or of one. Moments without a time zone are UTC.
    """
    period = Period(in_utc(since), in_utc(until))
    found = open_figures(call.desk, call.actor, period, facility_id)
    covered = sum((c.reviewed for c in found.coverage.values()), 0)
    asked = sum((c.asked for c in found.coverage.values()), 0)
    tallies = {
        dimension.value: {
            key: TallyOut.model_validate(tally) for key, tally in found.tallies[dimension].items()
        }
        for dimension in Dimension
        if dimension is not Dimension.HOURS
    }
    return FiguresOut(
        since=period.since,
        until=period.until,
        whole=TallyOut.model_validate(found.whole),
        encounters_reviewed=covered,
        encounters_asked_about=asked,
        query_rate=Coverage(covered, asked).rate,
        awaited=found.awaited,
        turnaround_median_hours=turnaround(found.hours, 0.5),
        turnaround_p90_hours=turnaround(found.hours, 0.9),
        by=tallies,
        answers=[
            AnswerCountOut(condition=condition, outcome=outcome or _UNKNOWN, questions=number)
            for condition, outcomes in sorted(found.conditions.items())
            for outcome, number in outcomes.items()
        ],
    )
