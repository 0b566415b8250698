"""The manager's figures of a month, the queries behind each bar, and what a query became."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from cdi.domain.actor import StaffRole
from cdi.web.figures import (
    days_between,
    people_of,
    show_ages,
    show_agreement,
    show_bars,
    show_figures,
    write_csv,
)
from cdi.web.menu import Entry
from cdi.web.moments import local
from cdi.web.months import Month, read_month
from cdi.web.visit import Visit, visit_of
from cdi.workflow.charts import open_query
from cdi.workflow.directory import name_people
from cdi.workflow.metrics import (
    By,
    open_ages,
    open_figures,
    open_sent_queries,
)
from cdi.workflow.worth import open_worth

router = APIRouter()
MENU = (Entry("Figures", "/figures", frozenset({StaffRole.MANAGER}), place=20),)
ManagerVisit = Annotated[Visit, visit_of(StaffRole.MANAGER)]
ReaderVisit = Annotated[Visit, visit_of(StaffRole.MANAGER, StaffRole.AUDITOR)]


@router.get("/figures")
def show(visit: ManagerVisit, month: Month = "") -> Response:
    """Show the figures of a month; the present one if none is named."""
    first, period = read_month(visit, month)
    found = open_figures(visit.desk, visit.actor, period, visit.place.id)
    days = days_between(first, local(period.until, visit.zone).date())
    today = local(visit.desk.now(), visit.zone).date()
    return visit.page(
        "figures.html",
        first=first,
        before=(first - timedelta(days=1)).replace(day=1),
        after=period.until.date() if period.until.date() <= today else None,
        month=f"{first:%Y-%m}",
        figures=show_figures(found, days),
        agreement=show_agreement(found, days),
        bars=show_bars(found, name_people(visit.desk, set(people_of(found)))),
        ages=show_ages(open_ages(visit.desk, visit.actor, visit.place.id), today),
        whole=found.whole,
    )


@router.get("/figures.csv")
def export(visit: ManagerVisit, month: Month = "") -> Response:
    """Give the figures of a month as comma-separated values."""
    first, period = read_month(visit, month)
    found = open_figures(visit.desk, visit.actor, period, visit.place.id)
    text = write_csv(found, name_people(visit.desk, set(people_of(found))))
    name = f"figures-{visit.place.code}-{first:%Y-%m}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/figures/impact")
def show_impact(visit: ManagerVisit) -> Response:
    """Show what the open findings are worth, where that is switched on."""
    return visit.page("impact.html", rows=open_worth(visit.desk, visit.actor, visit.place.id))


@router.get("/figures/queries")
def list_queries(
    visit: ManagerVisit,
    by: By,
    key: Annotated[str, Query(max_length=200)] = "",
    month: Month = "",
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> Response:
    """List the queries behind a bar."""
    first, period = read_month(visit, month)
    page = open_sent_queries(
        visit.desk, visit.actor, visit.place.id, period, by, key, cursor=cursor
    )
    people = {row.recipient_id for row in page.rows} | {row.owner_id for row in page.rows}
    names = name_people(visit.desk, people | {key})
    return visit.page(
        "sent_queries.html",
        rows=page.rows,
        following=page.following,
        by=by,
        key=key,
        what=names.get(key, key) if by in (By.PHYSICIAN, By.SPECIALIST) else key.replace("_", " "),
        names=names,
        first=first,
        month=f"{first:%Y-%m}",
    )


@router.get("/figures/queries/{query_id}")
def show_query(query_id: Annotated[str, Path(max_length=64)], visit: ReaderVisit) -> Response:
    """Show a query with its letter, answer, diagnoses and every step of its life."""
    file = open_query(visit.desk, visit.actor, query_id)
    people: set[str | None] = {event.actor_id for event in file.events}
    people |= {file.query.recipient_id, file.query.owner_id}
    return visit.page("query_file.html", file=file, names=name_people(visit.desk, people))
