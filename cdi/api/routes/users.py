"""Accounts, for administrators."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, status
from pydantic import BaseModel, Field, StringConstraints

from cdi.api.calls import Look
from cdi.api.schemas import Body, ReceiptOut, example
from cdi.domain.actor import StaffRole
from cdi.workflow.accounts import (
    Account,
    change_roles,
    close_account,
    list_accounts,
    open_account,
)
from cdi.workflow.identity import add_user, revoke_sessions

router = APIRouter(prefix="/users", tags=["users"])
UserId = Annotated[str, Path(max_length=64)]
FacilityId = Annotated[str, Path(max_length=64)]
_Roles = Annotated[list[StaffRole], Field(max_length=10)]


class UserOut(BaseModel):
    """An account with its roles at a facility, and how many sessions are open."""

    id: str
    login: str
    name: str
    email: str
    provider_id: str | None
    subject: str | None
    service: str
    roles: list[StaffRole]
    active: bool
    sessions: int
    last_seen_at: datetime | None
    created_at: datetime


class UserIn(Body):
    """An account to add; without a password it logs in at the identity provider."""

    model_config = example(
        {
            "login": "sam",
            "name": "Sam Rivera",
            "roles": {"0198f0c2a4d1": ["specialist"]},
            "subject": "248289761001",
        }
    )

    login: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    roles: Annotated[dict[str, _Roles], Field(min_length=1, max_length=50)]
    password: Annotated[str, StringConstraints(max_length=1024)] = ""
    subject: Annotated[str, StringConstraints(min_length=1, max_length=320)] | None = None
    provider_id: Annotated[str, StringConstraints(min_length=1, max_length=80)] | None = None
    service: Annotated[str, StringConstraints(max_length=80)] = ""
    email: Annotated[str, StringConstraints(max_length=320)] = ""


class RolesIn(Body):
    """The roles of a user at a facility; none: they leave it."""

    model_config = example({"roles": ["specialist", "manager"]})

    roles: _Roles


class EndedOut(BaseModel):
    """How many sessions were ended."""

    sessions: int


@router.get("")
def list_all(facility_id: Annotated[str, Query(max_length=64)], call: Look) -> list[UserOut]:
    """Return the users of a facility, by name."""
    return [_shape(account) for account in list_accounts(call.desk, call.actor, facility_id)]


@router.post("", status_code=status.HTTP_201_CREATED)
def add(body: UserIn, call: Look) -> ReceiptOut:
    """Add an account."""
    receipt = add_user(
        call.desk,
        call.actor,
        body.login,
        body.name,
        body.roles,
        password=body.password,
        subject=body.subject,
        provider_id=body.provider_id,
        service=body.service,
        email=body.email,
    )
    return ReceiptOut.model_validate(receipt)


@router.put("/{user_id}/roles/{facility_id}")
def assign(user_id: UserId, facility_id: FacilityId, body: RolesIn, call: Look) -> ReceiptOut:
    """Give a user exactly these roles at a facility; those elsewhere stay. Their sessions end."""
    receipt = change_roles(call.desk, call.actor, facility_id, user_id, body.roles)
    return ReceiptOut.model_validate(receipt)


@router.post("/{user_id}/close")
def close(
    user_id: UserId, facility_id: Annotated[str, Query(max_length=64)], call: Look
) -> ReceiptOut:
    """Close an account of a facility: its sessions end at once, and nobody logs in with it."""
    receipt = close_account(call.desk, call.actor, facility_id, user_id)
    return ReceiptOut.model_validate(receipt)


@router.post("/{user_id}/open")
def open_again(
    user_id: UserId, facility_id: Annotated[str, Query(max_length=64)], call: Look
) -> ReceiptOut:
    """Open a closed account again, with the roles it had."""
    receipt = open_account(call.desk, call.actor, facility_id, user_id)
    return ReceiptOut.model_validate(receipt)


@router.delete("/{user_id}/sessions")
def end_sessions(
    user_id: UserId, facility_id: Annotated[str, Query(max_length=64)], call: Look
) -> EndedOut:
    """End all sessions of a user of a facility at once."""
    return EndedOut(sessions=revoke_sessions(call.desk, call.actor, user_id, facility_id))


def _shape(account: Account) -> UserOut:
    user = account.user
    return UserOut(
        id=user.id,
        login=user.login,
        name=user.name,
        email=user.email,
        provider_id=user.provider_id,
        subject=user.subject,
        service=user.service,
        roles=list(account.roles),
        active=user.active,
        sessions=account.sessions,
        last_seen_at=account.last_seen_at,
        created_at=user.created_at,
    )
