"""The navigation: which entries there are and who sees them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cdi.domain.actor import StaffRole


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the navigation.

    Attributes:
        label: what it is called.
        path: where it leads.
        roles: who sees it; the page itself is gated by its route.
        place: smaller comes first; the first entry of a role is where its people land.
    """

    label: str
    path: str
    roles: frozenset[StaffRole]
    place: int = 50

    def is_for(self, held: Collection[StaffRole]) -> bool:
        """Tell whether somebody with these roles sees it."""
        return bool(self.roles & set(held))
