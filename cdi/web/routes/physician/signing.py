"""Reading over and signing: the words of the addendum, the password, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter, Response

from cdi.errors import (
    ConflictError,
    LimitReached,
    LoginError,
    NotFound,
    SignatureError,
    TransitionError,
)
from cdi.http import client_address
from cdi.web.routes.physician.answering import next_path, show_closed
from cdi.web.routes.physician.shapes import (
    STATES,
    PhysicianVisit,
    shape_patient,
    shape_question,
)
from cdi.workflow.answer_sheets import (
    AnswerSheet,
    AskedQuery,
    PatientQueries,
    open_next,
    open_sheet,
    open_signed,
)
from cdi.workflow.answering import Confirmation
from cdi.workflow.identity import confirm, takes_password
from cdi.workflow.kept_answers import find_stranded, mark_shown, preview, sign_kept_answers

router = APIRouter()
_JUST_NOW = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class _Addendum:
    """What will be signed of one query, and the mark that it was shown."""

    query_id: str
    text: str
    stamp: str
    questions: tuple[tuple[str, str], ...]


@router.get("/questions/{query_id}/sign")
def show_addenda(query_id: str, visit: PhysicianVisit) -> Response:
    """Show the addenda as they will enter the record, for one signature."""
    return _show(visit, query_id)


@router.post("/questions/{query_id}/sign")
def sign(query_id: str, visit: PhysicianVisit) -> Response:
    """Sign what was shown; what could not be signed is told with its words."""
    try:
        confirmation = _confirmed(visit)
    except (LoginError, LimitReached, SignatureError) as error:
        return _show(visit, query_id, wrong=str(error))
    for stamp in visit.texts("stamp"):
        identifier, revision, shown = _parts(stamp)
        try:
            sign_kept_answers(visit.desk, visit.actor, identifier, revision, shown, confirmation)
        except SignatureError as error:
            return _show(visit, query_id, wrong=str(error))
        except (ConflictError, TransitionError, NotFound):
            continue  # the page that follows tells what was not signed, and why
    return visit.go(f"/questions/{query_id}/signed")


@router.get("/questions/{query_id}/signed")
def show_signed(query_id: str, visit: PhysicianVisit) -> Response:
    """Show what was just signed, what was not, and what is next."""
    sheet = open_sheet(visit.desk, visit.actor, query_id)
    since = visit.desk.now() - _JUST_NOW
    signed = [
        reply.response
        for reply in open_signed(visit.desk, visit.actor, since=since)
        if reply.query.encounter_id == sheet.query.row.encounter_id
    ]
    waiting = open_next(visit.desk, visit.actor)
    return visit.page(
        "physician/signed.html",
        patient=shape_patient(sheet.patient, sheet.zone, visit.desk.now()),
        signed=signed,
        stranded=find_stranded(visit.desk, visit.actor),
        states=STATES,
        following=_following(waiting, visit.desk.now()) if waiting else None,
        clock=sheet.zone,
    )


def _following(stay: PatientQueries, now: datetime) -> dict[str, object]:
    return {
        "first": stay.queries[0].row.id,
        "patient": shape_patient(stay.patient, stay.zone, now),
        "questions": sum(len(query.letter.questions) for query in stay.queries),
    }


def _show(visit: PhysicianVisit, query_id: str, *, wrong: str = "") -> Response:
    sheet = open_sheet(visit.desk, visit.actor, query_id)
    complete = [query for query in sheet.open_queries if query.complete]
    if not complete:
        return visit.go(next_path(sheet)) if sheet.answerable else show_closed(visit, sheet)
    waiting = [query for query in sheet.open_queries if not query.complete]
    by_password = takes_password(visit.desk, visit.actor)
    return visit.page(
        "physician/sign.html",
        status=422 if wrong else 200,
        patient=shape_patient(sheet.patient, sheet.zone, visit.desk.now()),
        addenda=[_addendum(visit, sheet, query) for query in complete],
        unanswered=sum(len(query.letter.questions) - len(query.kept) for query in waiting),
        go_on=next_path(sheet),
        query_id=query_id,
        wrong=wrong,
        by_password=by_password,
        confirmed=not by_password and _is_fresh(visit),
        name=visit.presence.name,
    )


def _addendum(visit: PhysicianVisit, sheet: AnswerSheet, query: AskedQuery) -> _Addendum:
    text = preview(query.letter, query.kept)
    shown = [
        shape_question(query, position, sheet.zone)
        for position in range(len(query.letter.questions))
    ]
    stamp = f"{query.row.id}.{query.row.letter_revision}.{mark_shown(visit.desk, text)}"
    return _Addendum(query.row.id, text, stamp, tuple((one.topic, one.path) for one in shown))


def _confirmed(visit: PhysicianVisit) -> Confirmation:
    """Return the proof that the signer is there: the password, typed for this signature.

    Who logged in by this very request has just typed it; who has none comes from the identity
    provider, and the policy of the facility tells how fresh that has to be.

    Raises:
        LoginError, LimitReached: as :func:`cdi.workflow.identity.confirm`.
        SignatureError: nothing was typed.
    """
    if visit.renewed or not takes_password(visit.desk, visit.actor):
        return visit.presence.confirmed
    password = visit.text("password")
    if not password:
        raise SignatureError("type your password to sign")
    try:
        return confirm(visit.desk, visit.token, password, client_address(visit.request))
    except LoginError:
        raise LoginError("the password is wrong") from None


def _is_fresh(visit: PhysicianVisit) -> bool:
    return visit.desk.now() - visit.presence.confirmed.at <= timedelta(minutes=2)


def _parts(stamp: str) -> tuple[str, int, str]:
    identifier, _, rest = stamp.partition(".")
    revision, _, shown = rest.partition(".")
    if not (revision.isascii() and revision.isdigit() and len(revision) < 6):
        raise NotFound("there is no such thing")
    return identifier, int(revision), shown
