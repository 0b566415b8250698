"""Answering: one question a page, an answer is one tap, the next question follows."""

from __future__ import annotations

from fastapi import APIRouter, Response

from cdi.errors import ConflictError, InputError, NotFound, TransitionError
from cdi.web.routes.physician.shapes import (
    STATES,
    PhysicianVisit,
    QuestionShown,
    shape_patient,
    shape_questions,
    topics_of,
)
from cdi.workflow.addendum import AnswerGiven
from cdi.workflow.answer_sheets import AnswerSheet, open_sheet
from cdi.workflow.kept_answers import find_stranded, keep_answer
from cdi.workflow.sources import open_source

router = APIRouter()


@router.get("/questions/{query_id}")
def open_first(query_id: str, visit: PhysicianVisit) -> Response:
    """Lead to the first question without an answer, or to the signature if there is none."""
    sheet = open_sheet(visit.desk, visit.actor, query_id)
    if not sheet.answerable:
        return show_closed(visit, sheet)
    return visit.go(next_path(sheet))


@router.get("/questions/{query_id}/{number}")
def show_question(query_id: str, number: int, visit: PhysicianVisit) -> Response:
    """Show one question: who, what the record says, the answers."""
    sheet = open_sheet(visit.desk, visit.actor, query_id)
    if not sheet.answerable:
        return show_closed(visit, sheet)
    return _show(visit, sheet, number)


@router.post("/questions/{query_id}/{number}")
def answer(query_id: str, number: int, visit: PhysicianVisit) -> Response:
    """Keep an answer and go on; what does not fit comes back with what was typed."""
    place = visit.text("option")
    option = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else None
    words = visit.text(f"words-{place}").strip() or visit.text("comment").strip()
    given = AnswerGiven(option, words)
    try:
        revision = visit.number("revision")
        keep_answer(visit.desk, visit.actor, query_id, revision, number - 1, given)
    except InputError as error:
        sheet = open_sheet(visit.desk, visit.actor, query_id)
        return _show(visit, sheet, number, wrong=str(error), given=given)
    except (ConflictError, TransitionError):
        sheet = open_sheet(visit.desk, visit.actor, query_id)
        return show_closed(visit, sheet, lost=_told(sheet, number, given))
    return visit.go(next_path(open_sheet(visit.desk, visit.actor, query_id)))


@router.get("/questions/{query_id}/facts/{fact_id}")
def show_source(query_id: str, fact_id: str, visit: PhysicianVisit) -> Response:
    """Show where in the record a fact stands."""
    source = open_source(visit.desk, visit.actor, query_id, fact_id)
    template = "physician/_source.html" if visit.is_partial else "physician/source.html"
    return visit.page(template, source=source, query_id=query_id)


def next_path(sheet: AnswerSheet) -> str:
    """Return where the first question without an answer is, or the signature.

    Those of the opened query come before the others of the patient.
    """
    waiting = [question for question in shape_questions(sheet) if not question.answered]
    waiting.sort(key=lambda question: question.query_id != sheet.query.row.id)
    following = next(iter(waiting), None)
    return following.path if following else f"/questions/{sheet.query.row.id}/sign"


def show_closed(visit: PhysicianVisit, sheet: AnswerSheet, *, lost: str = "") -> Response:
    """Show how a question stands that cannot be answered any more, and the words for it."""
    row = sheet.query.row
    kept = [one for one in find_stranded(visit.desk, visit.actor) if one.query_id == row.id]
    return visit.page(
        "physician/closed.html",
        status=409 if lost else 200,
        patient=shape_patient(sheet.patient, sheet.zone, visit.desk.now()),
        topics=topics_of(sheet.query.letter),
        sheet=sheet,
        state=STATES.get(row.state, f"It is with {sheet.query.recipient} now."),
        kept=kept,
        lost=lost,
        clock=sheet.zone,
    )


def _show(
    visit: PhysicianVisit,
    sheet: AnswerSheet,
    number: int,
    *,
    wrong: str = "",
    given: AnswerGiven | None = None,
) -> Response:
    questions = shape_questions(sheet)
    at = next((i for i, one in enumerate(questions) if _is(one, sheet, number)), None)
    if at is None:
        raise NotFound("there is no such thing")
    question = questions[at]
    return visit.page(
        "physician/question.html",
        status=422 if wrong else 200,
        question=question,
        place=1 + sum(one.answered for one in questions if one is not question),
        total=len(questions),
        before=questions[at - 1].path if at else "/questions",
        patient=shape_patient(sheet.patient, sheet.zone, visit.desk.now()),
        query=sheet.query,
        wrong=wrong.rpartition(": ")[2],
        words=given.words if given else question.words,
        open_at=_open_at(question, given),
    )


def _is(question: QuestionShown, sheet: AnswerSheet, number: int) -> bool:
    return question.query_id == sheet.query.row.id and question.position == number - 1


def _open_at(question: QuestionShown, given: AnswerGiven | None) -> int | None:
    """Return the place of the option whose words are shown: just posted, else kept."""
    places = {option.place for option in question.options}
    if given is not None:
        return given.option if given.option in places else None
    return next((option.place for option in question.options if option.chosen), None)


def _told(sheet: AnswerSheet, number: int, given: AnswerGiven) -> str:
    """Return an answer that came too late in words, to copy."""
    questions = sheet.query.letter.questions
    options = questions[number - 1].options if 0 < number <= len(questions) else ()
    known = given.option is not None and given.option < len(options)
    chosen = options[given.option].text if known and given.option is not None else ""
    return ": ".join(filter(None, (chosen, given.words)))
