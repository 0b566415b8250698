"""Ways in for browsers, by redirects: links of notices and the identity provider."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, status
from fastapi.responses import RedirectResponse

from cdi.api.presence import DeskOf, OptionalToken
from cdi.errors import LoginError
from cdi.workflow.identity import find_presence
from cdi.workflow.links import PATH, check_link, open_link

LOGIN_PAGE, QUERY_PAGE = "/login", "/queries/"
router = APIRouter(tags=["sign on"])
_SEE_OTHER = status.HTTP_303_SEE_OTHER


@router.get(
    PATH + "{token}",
    status_code=_SEE_OTHER,
    response_class=RedirectResponse,
    summary="Follow a link of a notice",
)
def follow_link(
    token: Annotated[str, Path(max_length=400)], desk: DeskOf, session: OptionalToken = None
) -> RedirectResponse:
    """Lead to the query of a link: at once with a session, else by way of the login page.

    The link is used up only by the user it was made for, logged in; it never replaces the login.
    """
    check_link(desk, token)
    try:
        presence = find_presence(desk, session or "")
    except LoginError:
        back = quote(f"{PATH}{token}", safe="")
        return RedirectResponse(f"{LOGIN_PAGE}?next={back}", _SEE_OTHER)
    query_id = open_link(desk, presence.actor, token)
    return RedirectResponse(f"{QUERY_PAGE}{query_id}", _SEE_OTHER)
