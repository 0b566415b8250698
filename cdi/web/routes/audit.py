"""The audit trail: searched, and proved; each look is itself a line of it."""

from __future__ import annotations

import json
import re
from typing import Annotated

from fastapi import APIRouter, Query, Response

from cdi.domain.actor import StaffRole
from cdi.web.menu import Entry
from cdi.web.visit import Visit, visit_of
from cdi.workflow.directory import name_people
from cdi.workflow.proof import prove_trail
from cdi.workflow.worklists import search_events

router = APIRouter()
_ROLES = frozenset({StaffRole.AUDITOR, StaffRole.ADMIN})
MENU = (Entry("Audit trail", "/audit", _ROLES, place=30),)
TrailVisit = Annotated[Visit, visit_of(*_ROLES)]
_HASH = re.compile("[0-9a-f]{40,}")
_Word = Annotated[str, Query(max_length=80)]


@router.get("/audit")
def show(
    visit: TrailVisit,
    who: _Word = "",
    verb: _Word = "",
    thing: _Word = "",
    stay: _Word = "",
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> Response:
    """Search the trail by ids and verbs; nothing of a patient stands in the address."""
    wanted = {
        "who": who.strip(),
        "verb": verb.strip(),
        "thing": thing.strip(),
        "stay": stay.strip(),
    }
    page = search_events(
        visit.desk,
        visit.actor,
        actor_id=wanted["who"],
        verb=wanted["verb"],
        subject_id=wanted["thing"],
        encounter_id=wanted["stay"],
        cursor=cursor,
    )
    return visit.page(
        "audit.html",
        rows=page.rows,
        following=page.following,
        wanted=wanted,
        details={row.number: _detail(row.detail) for row in page.rows},
        names=name_people(visit.desk, {row.actor_id for row in page.rows}),
    )


@router.post("/audit/verify")
def verify(visit: TrailVisit) -> Response:
    """Read the whole chain again and tell what was done to it."""
    return visit.page("audit_proof.html", proof=prove_trail(visit.desk, visit.actor))


def _detail(text: str) -> list[tuple[str, str]]:
    """Return the details of an event as name and value, lists by their length."""
    shown = []
    for name, value in json.loads(text).items():
        if value in (None, "", [], {}):
            continue
        long = isinstance(value, (list, dict)) and len(value) > 4
        shown.append((name, f"{len(value)} of them" if long else _plain(value)))
    return shown


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_plain(one)}" for name, one in value.items())
    text = str(value)
    # A hash proves, and nobody reads it: the export has it whole.
    return f"{text[:12]}\u2026" if _HASH.fullmatch(text) else text
