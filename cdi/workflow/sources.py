"""The place in the record that a quoted fact comes from."""

from __future__ import annotations

from dataclasses import dataclass

from cdi.domain.actor import Actor
from cdi.domain.encounter import Medication, Note, Observation
from cdi.domain.finding import MedicationPointer, NoteSpan, ObservationPointer
from cdi.domain.letter import Indicator
from cdi.errors import NotFound
from cdi.storage import Session
from cdi.storage.charts import find_medication, note_versions, observations_of
from cdi.storage.json_record import from_json
from cdi.storage.queries import find_letter, to_letter
from cdi.workflow.desk import Desk
from cdi.workflow.moves import take_query
from cdi.workflow.trail import note_query

VERB = "query.read_source"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact stands: a note with the place in it, the values of an analyte, or a drug.

    Attributes:
        note: the version of the note that says what was quoted.
        span: the place in its text.
        amended: whether the note says something else by now.
        values: every counting value of the analyte in the stay, oldest first.
        observation_id: which of them was quoted.
    """

    fact: Indicator
    note: Note | None = None
    span: NoteSpan | None = None
    amended: bool = False
    values: tuple[Observation, ...] = ()
    observation_id: str = ""
    medication: Medication | None = None


def open_source(desk: Desk, actor: Actor, query_id: str, fact_id: str) -> Source:
    """Return the place in the record that a fact of a letter comes from; an event, as any look.

    Raises:
        NotFound, NotAllowed: as the permissions say, or the letter quotes no such fact.
    """
    with desk.store.writing() as session:
        query = take_query(session, actor, query_id, "query.read", desk.now())
        letter = to_letter(find_letter(session, query))
        facts = {fact.id: fact for question in letter.questions for fact in question.indicators}
        if fact_id not in facts:
            raise NotFound("there is no such thing")
        source = _find(session, query.encounter_id, facts[fact_id])
        note_query(desk, session, actor, VERB, query, fact=fact_id)
    return source


def _find(session: Session, encounter_id: str, fact: Indicator) -> Source:
    pointer = fact.pointer
    if isinstance(pointer, NoteSpan):
        return _in_note(session, encounter_id, fact, pointer)
    if isinstance(pointer, ObservationPointer):
        values = [
            from_json(Observation, row.content)
            for row in observations_of(session, encounter_id, pointer.observation_id)
        ]
        counting = sorted((v for v in values if v.status.counts), key=_moment)
        return Source(fact, values=tuple(counting), observation_id=pointer.observation_id)
    if isinstance(pointer, MedicationPointer):
        row = find_medication(session, encounter_id, pointer.medication_id)
        if row is not None:
            return Source(fact, medication=from_json(Medication, row.content))
    raise NotFound("there is no such thing")


def _in_note(session: Session, encounter_id: str, fact: Indicator, span: NoteSpan) -> Source:
    """Return the newest version of the note that still says what was quoted."""
    versions = note_versions(session, encounter_id, span.note_id)
    for row in reversed(versions):
        note = from_json(Note, row.content)
        if " ".join(note.text[span.start : span.end].split()) == " ".join(fact.text.split()):
            return Source(fact, note, span, amended=row is not versions[-1])
    raise NotFound("there is no such thing")


def _moment(value: Observation) -> float:
    return value.observed_at.timestamp() if value.observed_at else 0.0
