"""Finding a stay that is on no list: by number or name, posted, so that no address tells it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response

from cdi.domain.actor import StaffRole
from cdi.errors import InputError
from cdi.web.menu import Entry
from cdi.web.visit import Visit, visit_of
from cdi.workflow.stay_search import StaysFound, find_stays

router = APIRouter()
_DESK = frozenset({StaffRole.SPECIALIST, StaffRole.MANAGER})
_READERS = _DESK | {StaffRole.CODER, StaffRole.PHYSICIAN}
# A physician's phone has no room for it: the page of emergency access leads there.
MENU = (Entry("Find a stay", "/stays", _DESK | {StaffRole.CODER}, place=80),)
ReaderVisit = Annotated[Visit, visit_of(*_READERS)]


@router.get("/stays")
def show_form(visit: ReaderVisit) -> Response:
    """Ask for a number or a name."""
    return _show(visit)


@router.post("/stays")
def search(visit: ReaderVisit) -> Response:
    """Show what is found; each leads to its chart."""
    words = visit.text("words")[:200]
    try:
        found = find_stays(visit.desk, visit.actor, visit.place.id, words)
    except InputError as error:
        return _show(visit, words=words, wrong=str(error).rpartition(": ")[2])
    return _show(visit, found, words)


def _show(
    visit: Visit, found: StaysFound | None = None, words: str = "", wrong: str = ""
) -> Response:
    return visit.page(
        "stays.html",
        status=422 if wrong else 200,
        found=found,
        words=words,
        wrong=wrong,
        chart="/encounters" if visit.roles & _DESK else "/charts",
    )
