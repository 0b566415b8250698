"""Facilities as administrators see them: what each works by, and adding another."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cdi.domain.actor import Actor, StaffRole
from cdi.domain.policy import Policy
from cdi.errors import InputError
from cdi.storage.people import add_policy, find_policy
from cdi.storage.places import facilities_by_id
from cdi.storage.tables import FacilityRow, MembershipRow
from cdi.workflow.desk import Desk, Receipt, note_event
from cdi.workflow.permissions import reach

# As feeds name it, and as a folder of letterheads can be called.
_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True)
class Facility:
    """A facility an administrator looks after.

    Attributes:
        zone: IANA name of its time zone.
        letterhead: names of its own templates; empty where letters are as the release has them.
    """

    id: str
    code: str
    name: str
    zone: str
    letterhead: tuple[str, ...]


def list_facilities(desk: Desk, actor: Actor) -> tuple[Facility, ...]:
    """Return the facilities an actor administers, by name.

    Raises:
        NotAllowed: the actor administers none.
    """
    places = reach(actor, "facility.list")
    with desk.store.reading() as session:
        rows = sorted(facilities_by_id(session, places), key=lambda row: row.name)
        return tuple(
            Facility(
                row.id,
                row.code,
                row.name,
                find_policy(session, row.id, desk.now()).zone,
                _letterhead(desk, row.code),
            )
            for row in rows
        )


def found_facility(desk: Desk, actor: Actor, code: str, name: str, zone: str) -> Receipt:
    """Add a facility; whoever adds it is its first administrator.

    Raises:
        InputError: the code, name or time zone cannot be used; names the field.
        ConflictError: the code is taken.
        NotAllowed: the actor administers no facility.
    """
    verb = "facility.add"
    reach(actor, verb)
    if not _CODE.fullmatch(code):
        raise InputError("small letters, digits, - and _ are expected", field="code")
    if not name.strip():
        raise InputError("a name is needed", field="name")
    policy = Policy(zone=zone)
    policy.schedule()
    with desk.store.writing() as session:
        row = FacilityRow(code=code, name=name.strip())
        session.add(row)
        session.flush()
        add_policy(session, row.id, policy, desk.now(), actor.id)
        session.add(MembershipRow(user_id=actor.id, facility_id=row.id, role=StaffRole.ADMIN))
        receipt = Receipt("facility", row.id)
        note_event(desk, session, actor, verb, receipt, row.id, None, code=code)
    return receipt


def _letterhead(desk: Desk, code: str) -> tuple[str, ...]:
    folder = desk.letterheads.get(code)
    return tuple(sorted(path.name for path in folder.iterdir())) if folder else ()
