"""The letter editor: live compliance, facts as chips, recipient, preview, send."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from cdi.domain.actor import StaffRole
from cdi.domain.letter import Level, OptionKind
from cdi.domain.query import UNSENT, FindingState, QueryVerb
from cdi.domain.reasons import END_REASONS, EndReason, OverrideReason
from cdi.errors import ConflictError, TransitionError
from cdi.web.letter_conflict import LetterConflict, read_carried, tell_conflict
from cdi.web.letter_view import (
    LEVEL_WORDS,
    field_of,
    make_forms,
    mark_fields,
    read_edit,
    tell_place,
)
from cdi.web.routes.worklist import SpecialistVisit
from cdi.web.visit import Visit
from cdi.workflow.addressing import address_query, open_address
from cdi.workflow.charts import QueryFile, open_chart, open_query
from cdi.workflow.directory import name_people
from cdi.workflow.drafting import draft_query, edit_letter
from cdi.workflow.letters import LetterEdit, edit_of, stopping
from cdi.workflow.lifecycle import resolve_query, withdraw_query
from cdi.workflow.mending import mend_wording
from cdi.workflow.sending import Override, send_query
from cdi.workflow.wording import WordingCheck, check_wording, judge_edit, open_wording

router = APIRouter()
Id = Annotated[str, Path(max_length=64)]
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


@router.get("/queries/{query_id}/letter")
def show_letter(query_id: Id, visit: SpecialistVisit) -> Response:
    """Show the editor of an unsent letter; of a sent one, what became of it."""
    file = open_query(visit.desk, visit.actor, query_id)
    if file.query.state not in UNSENT:
        return RedirectResponse(f"/queries/{query_id}/file", 303)
    return _show(visit, file, edit_of(file.letter))


@router.post("/queries/{query_id}/check")
def check(query_id: Id, visit: SpecialistVisit) -> Response:
    """Judge the letter as it stands in the editor; nothing is kept."""
    carried = read_carried(visit, query_id)
    checked = check_wording(visit.desk, visit.actor, query_id, carried.mine)
    content = {
        **_compliance(visit, query_id, carried.mine, checked),
        "changed": carried.mine != carried.theirs,
    }
    return visit.page("_compliance.html", **content)


@router.post("/queries/{query_id}/fix")
def fix(query_id: Id, visit: SpecialistVisit) -> Response:
    """Return the editor with one violation mended; nothing is kept until it is saved or sent."""
    file = open_query(visit.desk, visit.actor, query_id)
    carried = read_carried(visit, query_id)
    rule, _, where = visit.text("fix").partition(" ")
    mended = mend_wording(visit.desk, visit.actor, query_id, carried.mine, rule, where)
    conflict = tell_conflict(visit, file, replace(carried, mine=mended))
    template = "_letter_form.html" if visit.is_partial else "letter.html"
    return _show(visit, file, mended, template, conflict=conflict)


@router.post("/queries/{query_id}/letter")
def save(query_id: Id, visit: SpecialistVisit) -> Response:
    """Keep the letter as it stands in the editor."""
    if _save(visit, query_id) is None:
        return _show_conflict(visit, query_id)
    return visit.go(f"/queries/{query_id}/letter", "Saved.")


@router.post("/queries/{query_id}/send")
def send(query_id: Id, visit: SpecialistVisit) -> Response:
    """Save what was edited and send the letter."""
    version = _save(visit, query_id)
    if version is None:
        return _show_conflict(visit, query_id)
    override = None
    if visit.text("override"):
        override = Override(visit.word("override", OverrideReason), visit.text("remark"))
    send_query(visit.desk, visit.actor, query_id, version, override=override)
    chart = visit.text("encounter")
    return visit.go(f"/encounters/{chart}" if chart else "/worklist", "Sent.")


@router.post("/queries/{query_id}/recipient")
def readdress(query_id: Id, visit: SpecialistVisit) -> Response:
    """Save what was edited and address the letter to another physician."""
    version = _save(visit, query_id)
    if version is None:
        return _show_conflict(visit, query_id)
    address_query(visit.desk, visit.actor, query_id, version, visit.text("recipient"))
    return visit.go(f"/queries/{query_id}/letter", "The recipient was changed.")


@router.post("/queries/{query_id}/join")
def join(query_id: Id, visit: SpecialistVisit) -> Response:
    """Ask another open finding of the same encounter in this letter too."""
    if _save(visit, query_id) is None:
        return _show_conflict(visit, query_id)
    file = open_query(visit.desk, visit.actor, query_id)
    draft_query(
        visit.desk,
        visit.actor,
        file.query.encounter_id,
        [visit.text("join")],
        recipient_id=file.query.recipient_id or "",
    )
    return visit.go(f"/queries/{query_id}/letter", "Added to this letter.")


@router.post("/queries/{query_id}/preview")
def preview(query_id: Id, visit: SpecialistVisit) -> Response:
    """Show the letter as it will be sent, as it stands in the editor, in its own style."""
    edit = read_carried(visit, query_id).mine
    html = check_wording(visit.desk, visit.actor, query_id, edit).letter.html
    hashes = [
        base64.b64encode(sha256(style.encode()).digest()).decode() for style in _STYLE.findall(html)
    ]
    policy = "; ".join(
        [
            "default-src 'none'",
            "style-src " + " ".join(f"'sha256-{value}'" for value in hashes),
            "frame-ancestors 'self'",
        ]
    )
    return HTMLResponse(html, headers={"Content-Security-Policy": policy})


@router.post("/queries/{query_id}/drop")
def drop(query_id: Id, visit: SpecialistVisit) -> Response:
    """End a draft that needs no sending; its findings are open again."""
    version = visit.number("version")
    resolve_query(visit.desk, visit.actor, query_id, version, EndReason.NOT_NEEDED)
    return visit.go(f"/encounters/{visit.text('encounter')}", "The draft was dropped.")


@router.get("/queries/{query_id}/file")
def show_file(query_id: Id, visit: SpecialistVisit) -> Response:
    """Show what became of a query: letter, answer, diagnoses, and who did what when."""
    file = open_query(visit.desk, visit.actor, query_id)
    people: list[str | None] = [event.actor_id for event in file.events]
    people += [file.query.recipient_id, file.response.answered_by if file.response else None]
    return visit.page(
        "asked_query.html",
        file=file,
        names=name_people(visit.desk, people),
        reasons=END_REASONS[QueryVerb.WITHDRAW],
    )


@router.post("/queries/{query_id}/withdraw")
def withdraw(query_id: Id, visit: SpecialistVisit) -> Response:
    """Take a sent query back, for a reason."""
    version = visit.number("version")
    reason, remark = visit.word("reason", EndReason), visit.text("remark")
    withdraw_query(visit.desk, visit.actor, query_id, version, reason, remark)
    return visit.go(f"/queries/{query_id}/file", "Withdrawn.")


def _save(visit: Visit, query_id: str) -> int | None:
    """Keep the letter if it was edited; return the version there is then.

    None if somebody else changed it since it was opened: then nothing is kept.
    """
    seen = visit.number("version")
    file = open_query(visit.desk, visit.actor, query_id)
    if file.query.version != seen:
        return None
    edit = read_edit(visit)
    if edit == edit_of(file.letter):
        return seen
    try:
        return edit_letter(visit.desk, visit.actor, query_id, seen, edit).version
    except (ConflictError, TransitionError):
        return None


def _show_conflict(visit: Visit, query_id: str) -> Response:
    """Show what was typed on the letter as it is now, with the difference word by word."""
    file = open_query(visit.desk, visit.actor, query_id)
    carried = read_carried(visit, query_id)
    conflict = tell_conflict(visit, file, carried)
    if file.query.state not in UNSENT:
        return visit.page("letter_settled.html", status=409, conflict=conflict, mine=carried.mine)
    return _show(visit, file, carried.mine, conflict=conflict, status=409)


def _show(
    visit: Visit,
    file: QueryFile,
    edit: LetterEdit,
    template: str = "letter.html",
    *,
    conflict: LetterConflict | None = None,
    status: int = 200,
) -> Response:
    query_id = file.query.id
    stored, reference = open_wording(visit.desk, visit.actor, query_id)
    checked = judge_edit(visit.desk, stored, reference, edit)
    chart = open_chart(visit.desk, visit.actor, file.query.encounter_id)
    address = open_address(visit.desk, visit.actor, query_id)
    return visit.page(
        template,
        status=status,
        conflict=conflict,
        file=file,
        query=file.query,
        chart=chart,
        forms=make_forms(stored, reference, edit),
        address=address,
        recipient=next(
            (one for one in address.recipients if one.id == file.query.recipient_id), None
        ),
        joinable=[row for row in chart.findings if row.state is FindingState.OPEN],
        kinds=list(OptionKind),
        changed=edit != edit_of(file.letter),
        **_compliance(visit, query_id, edit, checked),
    )


def _compliance(
    visit: Visit, query_id: str, edit: LetterEdit, checked: WordingCheck
) -> dict[str, Any]:
    return {
        "query_id": query_id,
        "edit": edit,
        "violations": checked.violations,
        "stops": len(stopping(checked.violations)),
        "blocks": any(v.level is Level.BLOCK for v in checked.violations),
        "may_be_sent": checked.may_be_sent,
        "override": visit.text("override"),
        "remark": visit.text("remark"),
        "may_override": StaffRole.MANAGER in visit.roles,
        "override_reasons": list(OverrideReason),
        "fields": mark_fields(edit, checked.violations),
        "level_words": LEVEL_WORDS,
        "place_of": tell_place,
        "field_of": field_of,
    }
