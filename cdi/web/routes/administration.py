"""The administrator's pages: users, facilities, policy, failed deliveries, gaps of intake."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated
from zoneinfo import available_timezones

from fastapi import APIRouter, Path, Query, Response

from cdi.domain.actor import StaffRole
from cdi.domain.policy import Policy
from cdi.errors import InputError
from cdi.storage.tables import DeliveryState
from cdi.web.menu import Entry
from cdi.web.visit import Visit, visit_of
from cdi.workflow.accounts import change_roles, close_account, list_accounts, open_account
from cdi.workflow.facilities import found_facility, list_facilities
from cdi.workflow.identity import add_user, revoke_sessions
from cdi.workflow.intake_gaps import open_gaps
from cdi.workflow.outgoing.failures import open_deliveries, try_again
from cdi.workflow.policies import change_policy, read_policy

router = APIRouter()
_ADMIN = frozenset({StaffRole.ADMIN})
MENU = (
    Entry("Users", "/users", _ADMIN, place=60),
    Entry("Facilities", "/facilities", _ADMIN, place=60),
    Entry("Policy", "/policy", _ADMIN | {StaffRole.MANAGER}, place=61),
    Entry("Deliveries", "/deliveries", _ADMIN, place=62),
    Entry("Intake", "/intake-gaps", _ADMIN, place=63),
)
AdminVisit = Annotated[Visit, visit_of(StaffRole.ADMIN)]
PolicyVisit = Annotated[Visit, visit_of(StaffRole.ADMIN, StaffRole.MANAGER)]
Id = Annotated[str, Path(max_length=64)]


@router.get("/users")
def show_users(visit: AdminVisit) -> Response:
    """List the accounts of the facility; a form adds one."""
    accounts = list_accounts(visit.desk, visit.actor, visit.place.id)
    return visit.page("users.html", accounts=accounts, roles=list(StaffRole))


@router.post("/users")
def add(visit: AdminVisit) -> Response:
    """Add an account with its roles at the facility."""
    add_user(
        visit.desk,
        visit.actor,
        visit.text("login"),
        visit.text("name"),
        {visit.place.id: _roles(visit)},
        password=visit.text("password"),
        provider_id=visit.text("provider_id") or None,
        service=visit.text("service"),
        email=visit.text("email"),
    )
    return visit.go("/users", "The account is added.")


@router.post("/users/{user_id}/roles")
def set_roles(user_id: Id, visit: AdminVisit) -> Response:
    """Give a user other roles at the facility."""
    change_roles(visit.desk, visit.actor, visit.place.id, user_id, _roles(visit))
    return visit.go("/users", "The roles are changed.")


@router.post("/users/{user_id}/revoke")
def revoke(user_id: Id, visit: AdminVisit) -> Response:
    """End all sessions of a user."""
    count = revoke_sessions(visit.desk, visit.actor, user_id, visit.place.id)
    return visit.go("/users", f"{count} sessions ended.")


@router.post("/users/{user_id}/close")
def close(user_id: Id, visit: AdminVisit) -> Response:
    """Close an account."""
    close_account(visit.desk, visit.actor, visit.place.id, user_id)
    return visit.go("/users", "The account is closed.")


@router.post("/users/{user_id}/open")
def open_again(user_id: Id, visit: AdminVisit) -> Response:
    """Open a closed account again."""
    open_account(visit.desk, visit.actor, visit.place.id, user_id)
    return visit.go("/users", "The account is open again.")


@router.get("/facilities")
def show_facilities(visit: AdminVisit) -> Response:
    """List the facilities that the visitor administers; a form adds one."""
    return visit.page(
        "facilities.html",
        facilities=list_facilities(visit.desk, visit.actor),
        zones=sorted(available_timezones()),
    )


@router.post("/facilities")
def add_place(visit: AdminVisit) -> Response:
    """Add a facility, of which the visitor is the first administrator."""
    code, name, zone = (visit.text(part).strip() for part in ("code", "name", "zone"))
    found_facility(visit.desk, visit.actor, code, name, zone)
    return visit.go("/facilities", f"{name} is added. Choose it above to add its people.")


@router.get("/policy")
def show_policy(visit: PolicyVisit) -> Response:
    """Show what the facility works by."""
    policy = read_policy(visit.desk, visit.actor, visit.place.id)
    return visit.page("policy.html", policy=policy)


@router.post("/policy")
def set_policy(visit: PolicyVisit) -> Response:
    """Let the facility work by another policy from now on."""
    policy = _read_policy(visit, read_policy(visit.desk, visit.actor, visit.place.id))
    change_policy(visit.desk, visit.actor, visit.place.id, policy)
    return visit.go("/policy", "The policy is in force from now on.")


@router.get("/deliveries")
def show_deliveries(
    visit: AdminVisit,
    state: DeliveryState = DeliveryState.FAILED,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> Response:
    """List deliveries in a state, those that failed first of all."""
    page = open_deliveries(visit.desk, visit.actor, state=state, cursor=cursor)
    return visit.page(
        "deliveries.html",
        rows=page.rows,
        following=page.following,
        state=state,
        states=list(DeliveryState),
    )


@router.post("/deliveries/{delivery_id}/retry")
def retry(delivery_id: Id, visit: AdminVisit) -> Response:
    """Try a delivery that failed anew."""
    try_again(visit.desk, visit.actor, delivery_id)
    return visit.go("/deliveries", "It is tried again.")


@router.get("/intake-gaps")
def show_gaps(visit: AdminVisit) -> Response:
    """List what intake could not use, the most frequent first."""
    return visit.page("intake_gaps.html", gaps=open_gaps(visit.desk, visit.actor, visit.place.id))


def _roles(visit: Visit) -> list[StaffRole]:
    try:
        return [StaffRole(role) for role in visit.texts("roles")]
    except ValueError:
        raise InputError("no such role", field="roles") from None


def _read_policy(visit: Visit, before: Policy) -> Policy:
    return replace(
        before,
        zone=visit.text("zone").strip(),
        hours=visit.text("hours").strip(),
        holidays=frozenset(_days(visit.text("holidays"))),
        due_hours=_hours(visit, "due_hours"),
        reminder_hours=tuple(_numbers(visit.text("reminder_hours"), "reminder_hours")),
        escalate_hours=_hours(visit, "escalate_hours"),
        expire_hours=_hours(visit, "expire_hours"),
        most_per_day=visit.number("most_per_day"),
        signature_minutes=visit.number("signature_minutes"),
    )


def _hours(visit: Visit, name: str) -> float:
    numbers = _numbers(visit.text(name), name)
    if len(numbers) != 1:
        raise InputError("a number of hours is expected", field=name)
    return numbers[0]


def _numbers(text: str, name: str) -> list[float]:
    try:
        return [float(word) for word in text.replace(",", " ").split()]
    except ValueError:
        raise InputError("numbers of hours are expected", field=name) from None


def _days(text: str) -> list[date]:
    try:
        return [date.fromisoformat(word) for word in text.replace(",", " ").split()]
    except ValueError:
        raise InputError("days such as 2026-12-25 are expected", field="holidays") from None
