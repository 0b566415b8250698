"""Rule health: how often each rule is right at a facility, and muting those that are not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Response

from cdi.domain.actor import StaffRole
from cdi.web.menu import Entry
from cdi.web.months import Month, read_month
from cdi.web.visit import Visit, visit_of
from cdi.workflow.directory import name_people
from cdi.workflow.rule_health import mute_rule, open_rule_health, unmute_rule

router = APIRouter()
MENU = (Entry("Rules", "/rule-health", frozenset({StaffRole.MANAGER}), place=30),)
ManagerVisit = Annotated[Visit, visit_of(StaffRole.MANAGER)]


@router.get("/rule-health")
def show(visit: ManagerVisit, month: Month = "") -> Response:
    """Show the health of every rule over the month and the two before it."""
    first, last = read_month(visit, month)
    earlier = (first - timedelta(days=45)).replace(day=1)
    period = replace(last, since=read_month(visit, f"{earlier:%Y-%m}")[1].since)
    rules = open_rule_health(visit.desk, visit.actor, visit.place.id, period)
    people = {rule.muted.muted_by for rule in rules if rule.muted}
    return visit.page(
        "rule_health.html",
        rules=rules,
        names=name_people(visit.desk, people),
        first=first,
        earlier=earlier,
        month=f"{first:%Y-%m}",
        before=(first - timedelta(days=1)).replace(day=1),
    )


@router.post("/rule-health/mute")
def mute(visit: ManagerVisit) -> Response:
    """Silence a rule at the facility."""
    condition, name = visit.text("condition"), visit.text("name")
    mute_rule(visit.desk, visit.actor, visit.place.id, condition, name, visit.text("reason"))
    return visit.go("/rule-health", f"{condition.replace('_', ' ')} is muted here.")


@router.post("/rule-health/unmute")
def unmute(visit: ManagerVisit) -> Response:
    """Let a rule be heard again."""
    condition, name = visit.text("condition"), visit.text("name")
    unmute_rule(visit.desk, visit.actor, visit.place.id, condition, name)
    return visit.go("/rule-health", f"{condition.replace('_', ' ')} is heard again.")
