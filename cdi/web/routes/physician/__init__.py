"""The physician's pages: questions, answers, signature; made for a phone.

Nothing here may reach what findings are worth, and no word of it stands on any of these pages.
"""

from fastapi import APIRouter

from cdi.domain.actor import StaffRole
from cdi.web.menu import Entry
from cdi.web.routes.physician import answering, handover, lists, signing

_PHYSICIANS = frozenset({StaffRole.PHYSICIAN})

MENU = (
    Entry("Questions", "/questions", _PHYSICIANS, place=10),
    Entry("My answers", "/answers", _PHYSICIANS, place=20),
)

router = APIRouter()
for part in (lists, signing, handover, answering):
    router.include_router(part.router)
