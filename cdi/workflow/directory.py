"""Names behind ids: the facilities of an actor, and people as they stand on pages."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cdi.domain.actor import Actor, StaffRole
from cdi.errors import NotFound
from cdi.storage.charts import find_encounter_by_number
from cdi.storage.people import find_policy, members_of, names_of
from cdi.storage.places import facilities_by_id
from cdi.workflow.desk import Desk
from cdi.workflow.permissions import require


@dataclass(frozen=True, slots=True)
class Place:
    """A facility and the time zone it lives in."""

    id: str
    code: str
    name: str
    zone: str


def places_of(desk: Desk, actor: Actor) -> tuple[Place, ...]:
    """Return the facilities where an actor holds a role, by name."""
    with desk.store.reading() as session:
        rows = facilities_by_id(session, actor.roles)
        return tuple(
            Place(row.id, row.code, row.name, find_policy(session, row.id, desk.now()).zone)
            for row in sorted(rows, key=lambda row: row.name)
        )


def name_people(desk: Desk, identifiers: Collection[str | None]) -> dict[str, str]:
    """Return the names of users by their ids; service accounts go by their id."""
    wanted = {identifier for identifier in identifiers if identifier}
    with desk.store.reading() as session:
        return {identifier: identifier for identifier in wanted} | names_of(session, wanted)


def staff_of(desk: Desk, facility_id: str, roles: Collection[StaffRole]) -> dict[str, str]:
    """Return the active people who hold one of these roles at a facility: names by id, by name."""
    with desk.store.reading() as session:
        rows = members_of(session, facility_id, roles)
        return {row.id: row.name for row in sorted(rows, key=lambda row: row.name)}


def find_stay(desk: Desk, actor: Actor, facility_id: str, number: str) -> str:
    """Return the id of an encounter by the number its facility gave it, to open in an emergency.

    Raises:
        NotFound, NotAllowed: there is none, or as the permissions say.
    """
    require(actor, "encounter.open_emergency", facility_id)
    with desk.store.reading() as session:
        row = find_encounter_by_number(session, facility_id, number.strip())
        if row is None:
            raise NotFound("there is no such encounter here")
        return row.id
