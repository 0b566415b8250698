"""The coder's table: clarified diagnoses by stay, each with all that stands behind it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cdi.domain.actor import Actor
from cdi.domain.encounter import Encounter
from cdi.domain.letter import Letter, Question
from cdi.domain.query import CoderStatus
from cdi.storage import Session
from cdi.storage.charts import encounters_by_id
from cdi.storage.json_record import from_json
from cdi.storage.pages import diagnoses_page
from cdi.storage.people import names_of
from cdi.storage.queries import (
    count_diagnoses,
    replies_by_query,
    to_letter,
)
from cdi.storage.tables import DiagnosisRow, QueryRow, ResponseRow
from cdi.workflow.charts import note_list
from cdi.workflow.desk import Desk
from cdi.workflow.permissions import reach, require
from cdi.workflow.permitted import take_diagnosis

OPEN = (CoderStatus.NEW, CoderStatus.ACCEPTED)
COUNTED = 1_000
"""So many clarified diagnoses of a group are counted; what was coded once is never done."""


@dataclass(frozen=True, slots=True)
class CodingLine:
    """A clarified diagnosis with the question, the answer, and who asked and answered it.

    Attributes:
        answered_by: name of who signed the answer.
        asked_by: name of the specialist.
    """

    row: DiagnosisRow
    query: QueryRow
    question: Question
    letter: Letter
    response: ResponseRow
    answered_by: str
    asked_by: str


@dataclass(frozen=True, slots=True)
class CodingStay:
    """The lines of one stay; ``stay`` is without its notes and values."""

    encounter_id: str
    stay: Encounter
    lines: tuple[CodingLine, ...]


@dataclass(frozen=True, slots=True)
class CodingPage:
    """Some stays, and the cursor of what follows; None at the end."""

    stays: tuple[CodingStay, ...]
    following: str | None


def open_coding(
    desk: Desk,
    actor: Actor,
    facility_id: str = "",
    *,
    statuses: Collection[CoderStatus] = OPEN,
    cursor: str | None = None,
    limit: int = 20,
) -> CodingPage:
    """Return clarified diagnoses by stay, oldest first, and note whose were seen.

    Raises:
        NotFound, NotAllowed: as the permissions say.
        InputError: the cursor is not one of this list.
    """
    verb = "diagnosis.list"
    if facility_id:
        require(actor, verb, facility_id)
    places = [facility_id] if facility_id else sorted(reach(actor, verb))
    with desk.store.looking() as session:
        page = diagnoses_page(session, places, statuses=statuses, cursor=cursor, limit=limit)
        note_list(desk, session, actor, verb, page.rows)
        stays = _by_stay(session, page.rows)
    return CodingPage(stays, page.following)


def open_coding_line(desk: Desk, actor: Actor, diagnosis_id: str) -> CodingLine:
    """Return one clarified diagnosis with all that stands behind it; an event, as any look.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    verb = "diagnosis.list"
    with desk.store.looking() as session:
        row = take_diagnosis(session, actor, diagnosis_id, verb)
        note_list(desk, session, actor, verb, (row,))
        (line,) = _lines(session, [row])
    return line


def count_coding(
    desk: Desk, actor: Actor, facility_id: str, *groups: Collection[CoderStatus]
) -> tuple[int, ...]:
    """Return how many clarified diagnoses of a facility are in each group of statuses.

    Above :data:`COUNTED` the number is one more than that.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    require(actor, "diagnosis.list", facility_id)
    with desk.store.reading() as session:
        return tuple(count_diagnoses(session, facility_id, group, COUNTED + 1) for group in groups)


def _by_stay(session: Session, rows: Sequence[DiagnosisRow]) -> tuple[CodingStay, ...]:
    stays = encounters_by_id(session, {row.encounter_id for row in rows})
    grouped: dict[str, list[CodingLine]] = {}
    for line in _lines(session, rows):
        grouped.setdefault(line.row.encounter_id, []).append(line)
    return tuple(
        CodingStay(identifier, from_json(Encounter, stays[identifier].content), tuple(lines))
        for identifier, lines in grouped.items()
    )


def _lines(session: Session, rows: Sequence[DiagnosisRow]) -> list[CodingLine]:
    """Return the lines of clarified diagnoses, by few statements however many there are."""
    replies = replies_by_query(session, {row.query_id for row in rows})
    people = {query.owner_id for query, _, _ in replies.values()}
    people |= {response.answered_by for _, _, response in replies.values()}
    names = names_of(session, people)
    lines = []
    for row in rows:
        query, version, response = replies[row.query_id]
        letter = to_letter(version)
        answer = next(answer for answer in response.answers if answer.id == row.answer_id)
        lines.append(
            CodingLine(
                row,
                query,
                letter.questions[answer.position],
                letter,
                response,
                names.get(response.answered_by, ""),
                names.get(query.owner_id, ""),
            )
        )
    return lines
