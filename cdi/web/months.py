"""The month that a page is about, as its address names it."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Query

from cdi.errors import InputError
from cdi.web.moments import local
from cdi.web.visit import Visit
from cdi.workflow.metrics import Period, month_of

Month = Annotated[str, Query(max_length=7, description="YYYY-MM")]


def read_month(visit: Visit, month: str) -> tuple[date, Period]:
    """Return the first day of a month and the month on the facility's clock.

    Raises:
        InputError: it is no month.
    """
    if not month:
        day = local(visit.desk.now(), visit.zone).date()
    else:
        try:
            day = date.fromisoformat(f"{month}-01")
        except ValueError:
            raise InputError("expected a month such as 2026-06", field="month") from None
    return day.replace(day=1), month_of(day, visit.zone)
