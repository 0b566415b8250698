"""Who acts: a person or service with the roles it holds, facility by facility."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class StaffRole(StrEnum):
    """What a person may do at a facility."""

    SPECIALIST = "specialist"
    PHYSICIAN = "physician"
    CODER = "coder"
    MANAGER = "manager"
    AUDITOR = "auditor"
    ADMIN = "admin"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Actor:
    """The one on whose behalf a use case runs.

    Attributes:
        id: id of the user, or the name of a service account.
        roles: by facility id.
        care_teams: ids of encounters whose care team the actor belongs to now.
        emergencies: why the actor has opened charts outside their care teams (break-glass), by
            encounter id; a hash of the reason stands in each event of such access.
        verbs: all that the actor may do, however much its roles allow; None for no such limit.
    """

    id: str
    roles: Mapping[str, frozenset[StaffRole]] = field(default_factory=dict)
    care_teams: frozenset[str] = frozenset()
    emergencies: Mapping[str, str] = field(default_factory=dict)
    verbs: frozenset[str] | None = None

    def holds(self, role: StaffRole, facility_id: str) -> bool:
        """Tell whether the actor has a role at a facility."""
        return role in self.roles.get(facility_id, frozenset())

    def limited_from(self, verb: str) -> bool:
        """Tell whether the actor is limited to other verbs than this one."""
        return self.verbs is not None and verb not in self.verbs

    def facilities(self, *wanted: StaffRole) -> frozenset[str]:
        """Return the facilities at which the actor holds any of these roles."""
        return frozenset(place for place, held in self.roles.items() if held & set(wanted))
