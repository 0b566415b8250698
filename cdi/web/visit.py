"""A visit: one request for a page, with who asks, where they work and how to answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, TypeVar
from urllib.parse import quote, unquote

from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment
from starlette.datastructures import FormData

from cdi.domain.actor import Actor, StaffRole
from cdi.errors import InputError, LoginError, NotAllowed, NotFound
from cdi.http import SAFE_METHODS, SESSION_COOKIE, client_address, is_same_site, keep_session
from cdi.web.forgery import FIELD, HEADER, StaleForm, is_genuine, make_token
from cdi.web.menu import Entry
from cdi.workflow.desk import Desk
from cdi.workflow.directory import Place, places_of
from cdi.workflow.identity import Presence, find_presence, log_in

PLACE_COOKIE, NOTICE_COOKIE = "cdi_facility", "cdi_notice"
LOGIN_FIELD, PASSWORD_FIELD = "again_login", "again_password"
_Word = TypeVar("_Word", bound=StrEnum)
_Response = TypeVar("_Response", bound=Response)
Fragment = tuple[str, Mapping[str, Any]]


async def _read_form(request: Request) -> FormData:
    """Return what was posted; kept with the request, so that an error can give it back."""
    form = FormData() if request.method in SAFE_METHODS else await request.form()
    request.state.form = form
    return form


Form = Annotated[FormData, Depends(_read_form)]


@dataclass
class Visit:
    """One request of somebody who is logged in.

    Attributes:
        places: the facilities where the visitor has a role, by name.
        place: the one they work at now; lists show only what belongs to it.
        form: what was posted.
        token: of the session; it never leaves the cookie.
        renewed: whether the session was opened by this very request, so that a cookie is due.
    """

    request: Request
    desk: Desk
    presence: Presence
    places: tuple[Place, ...]
    place: Place
    form: FormData
    token: str
    renewed: bool = False

    @property
    def actor(self) -> Actor:
        """On whose behalf."""
        return self.presence.actor

    @property
    def roles(self) -> frozenset[StaffRole]:
        """What the visitor may do at the facility they work at now."""
        return self.actor.roles.get(self.place.id, frozenset())

    @property
    def zone(self) -> str:
        """The time zone that moments are told in."""
        return self.place.zone

    @property
    def menu(self) -> list[Entry]:
        """The entries of the navigation for this visitor, here."""
        return [entry for entry in self.request.app.state.menu if entry.is_for(self.roles)]

    @property
    def is_partial(self) -> bool:
        """Tell whether a part of a page is asked for (htmx), not a whole one."""
        return "hx-request" in self.request.headers

    def text(self, name: str, default: str = "") -> str:
        """Return a posted text, with the line ends of our own texts."""
        value = self.form.get(name, default)
        return value.replace("\r\n", "\n") if isinstance(value, str) else default

    def texts(self, name: str) -> list[str]:
        """Return all posted values of a name, in their order."""
        return [value for value in self.form.getlist(name) if isinstance(value, str)]

    def number(self, name: str) -> int:
        """Return a posted whole number, such as the version that was seen.

        Raises:
            InputError: there is none.
        """
        value = self.text(name)
        if not (value.isascii() and value.isdigit() and len(value) < 10):
            raise InputError("a whole number is expected", field=name)
        return int(value)

    def word(self, name: str, words: type[_Word]) -> _Word:
        """Return a posted member of a closed list, such as a reason.

        Raises:
            InputError: it is none of them.
        """
        try:
            return words(self.text(name))
        except ValueError:
            raise InputError("choose one of: " + ", ".join(words), field=name) from None

    def page(self, template: str, *, status: int = 200, **content: Any) -> HTMLResponse:
        """Return a page, or a part of one, from a template."""
        text = self.render(template, **content)
        response = HTMLResponse(text, status)
        if not self.is_partial and NOTICE_COOKIE in self.request.cookies:
            response.delete_cookie(NOTICE_COOKIE)
        return self._with_session(response)

    def pages(self, *fragments: Fragment) -> HTMLResponse:
        """Return several parts; those after the first are swapped out of band."""
        text = "\n".join(self.render(template, **content) for template, content in fragments)
        return self._with_session(HTMLResponse(text))

    def render(self, template: str, **content: Any) -> str:
        """Return the text of a template with what every page shows."""
        environment = self.request.app.state.environment
        assert isinstance(environment, Environment)
        return environment.get_template(template).render(
            visit=self,
            zone=self.zone,
            now=self.desk.now(),
            csrf=make_token(self.token),
            notice=unquote(self.request.cookies.get(NOTICE_COOKIE, "")),
            **content,
        )

    def go(self, path: str, say: str = "") -> Response:
        """Return a redirection after a change; ``say`` is shown on the next page.

        Args:
            path: of this site; ids only, never anything of a patient.
            say: what was done, without anything of a patient.
        """
        response: Response
        if self.is_partial:
            response = Response(status_code=204, headers={"HX-Redirect": path})
        else:
            response = RedirectResponse(path, 303)
        if say:
            set_notice(self.request, response, say)
        return self._with_session(response)

    def _with_session(self, response: _Response) -> _Response:
        if self.renewed:
            keep_session(self.request, response, self.token)
        return response


def set_notice(request: Request, response: Response, say: str) -> None:
    """Have the next page say what was done, without anything of a patient."""
    response.set_cookie(
        NOTICE_COOKIE,
        quote(say),
        max_age=60,
        httponly=True,
        samesite="lax",
        secure=request.app.state.secure_cookies,
    )


def make_visit(request: Request, form: Form) -> Visit:
    """Return the visit of a request.

    A session that ended while somebody typed is opened again by the same post, when login and
    password come with it: nothing typed is lost, and it takes one step.

    Raises:
        LoginError: nobody is logged in.
        NotAllowed: the request was not made by a page of this site and session.
        NotFound: the visitor has no role anywhere.
    """
    desk = request.app.state.desk
    token, renewed = request.cookies.get(SESSION_COOKIE, ""), False
    changing = request.method not in SAFE_METHODS
    if changing and not is_same_site(request):
        raise NotAllowed("a change must come from a page of this site")
    if changing and isinstance(form.get(PASSWORD_FIELD), str):
        typed = str(form.get(PASSWORD_FIELD))
        login = str(form.get(LOGIN_FIELD, ""))
        token, renewed = log_in(desk, login, typed, client_address(request)).token, True
    if not token:
        raise LoginError("log in first")
    presence = find_presence(desk, token)
    if changing and not renewed:
        given = request.headers.get(HEADER) or form.get(FIELD) or ""
        if not is_genuine(token, str(given)):
            raise StaleForm("the form is not of this session; load the page again")
    places = places_of(desk, presence.actor)
    if not places:
        raise NotFound("there is no facility where you have a role")
    chosen = request.cookies.get(PLACE_COOKIE)
    place = next((place for place in places if place.id == chosen), places[0])
    return Visit(request, desk, presence, places, place, form, token, renewed)


AnyVisit = Annotated[Visit, Depends(make_visit)]


def visit_of(*roles: StaffRole) -> Any:
    """Return the dependency of a route that takes one of these roles, at the facility chosen.

    ``Annotated[Visit, visit_of(StaffRole.CODER)]`` is a visit of a coder; anybody else is told
    that it is not theirs, as the API tells.
    """
    return Depends(_gate(*roles))


def _gate(*roles: StaffRole) -> Callable[[Visit], Visit]:
    names = ", ".join(sorted(roles))

    def gate(visit: AnyVisit) -> Visit:
        if not visit.actor.facilities(*roles):
            raise NotAllowed(f"this page takes one of: {names}")
        if not visit.roles & set(roles):
            raise NotAllowed(f"this page takes one of: {names}; choose another facility")
        return visit

    return gate
