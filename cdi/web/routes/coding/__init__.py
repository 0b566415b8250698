"""The coder's pages: clarified diagnoses by stay, and their standing against the final codes."""

from fastapi import APIRouter

from cdi.domain.actor import StaffRole
from cdi.web.menu import Entry
from cdi.web.routes.coding import reconciliation, table

MENU = (
    Entry("Coding", "/coding", frozenset({StaffRole.CODER}), place=10),
    Entry(
        "Reconciliation",
        "/reconciliation",
        frozenset({StaffRole.CODER, StaffRole.MANAGER}),
        place=60,
    ),
)

router = APIRouter()
for part in (table, reconciliation):
    router.include_router(part.router)
