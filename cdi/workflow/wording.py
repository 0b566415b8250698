"""Judging a letter while it is written: at every pause of typing, and nothing is kept of it."""

from __future__ import annotations

from dataclasses import dataclass

from cdi.compliance import Reference, check_against, reference_of
from cdi.domain.actor import Actor
from cdi.domain.letter import Letter, Violation
from cdi.errors import NotFound
from cdi.storage import Session
from cdi.storage.charts import find_encounter
from cdi.storage.queries import find_letter, find_query, to_letter
from cdi.storage.tables import EncounterRow, QueryRow
from cdi.workflow.desk import Desk
from cdi.workflow.drafting import question_findings
from cdi.workflow.letters import LetterEdit, apply_edit, letterhead_of, stopping
from cdi.workflow.moves import those_asked
from cdi.workflow.permissions import require_of_query
from cdi.workflow.references import Stored
from cdi.workflow.trail import note_query

VERB = "query.check"


@dataclass(frozen=True, slots=True)
class WordingCheck:
    """A letter as it would be with an edit, and what the practice rules say of it.

    Attributes:
        letter: rendered anew.
        violations: each with rule, level, part of the letter (``where``), place in that part
            (``span``), reason (``why``), ``source`` and, where one can be computed, ``fix``.
    """

    letter: Letter
    violations: tuple[Violation, ...]

    @property
    def may_be_sent(self) -> bool:
        """Whether nothing but warnings was found."""
        return not stopping(self.violations)


def check_wording(desk: Desk, actor: Actor, query_id: str, edit: LetterEdit) -> WordingCheck:
    """Tell what is wrong with an unsent letter as it is being edited; keep nothing.

    The record is read at the first check and kept in memory, by its version, so that each
    further one takes milliseconds. The first check of a version by somebody is an event.

    Raises:
        NotFound, NotAllowed: as the permissions say.
        InputError: the edit does not fit the letter.
    """
    return judge_edit(desk, *open_wording(desk, actor, query_id), edit)


def open_wording(desk: Desk, actor: Actor, query_id: str) -> tuple[Stored, Reference]:
    """Return a letter as it is stored and the record it is judged by, both kept in memory.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    kept = desk.references
    with desk.store.reading() as session:
        query, row = _find(desk, session, actor, query_id)
        stay, seen = row.id, query.version
        key = (query_id, seen, row.version)
        stored = kept.letters.get(key, lambda: _stored(desk, session, query))
        version = row.version
    if kept.looks.add((actor.id, query_id, seen), True):
        _note(desk, actor, query_id)
    return stored, kept.records.get((stay, version), lambda: _read(desk, stay))


def judge_edit(desk: Desk, stored: Stored, reference: Reference, edit: LetterEdit) -> WordingCheck:
    """Return a stored letter with an edit, and what is wrong with it.

    Raises:
        InputError: the edit does not fit the letter.
    """
    letter = apply_edit(
        stored.letter, edit, stored.findings, reference.encounter, desk, stored.letterhead
    )
    return WordingCheck(letter, check_against(letter, reference, desk.pack))


def _find(
    desk: Desk, session: Session, actor: Actor, query_id: str
) -> tuple[QueryRow, EncounterRow]:
    """Return a query the actor may edit and its encounter; nothing is locked for a look."""
    query = find_query(session, query_id)
    if query is None:
        raise NotFound("there is no such thing")
    asked = those_asked(session, query, desk.now())
    require_of_query(actor, VERB, query.facility_id, query.encounter_id, asked)
    row = find_encounter(session, query.encounter_id)
    if row is None:
        raise NotFound("there is no such thing")
    return query, row


def _stored(desk: Desk, session: Session, query: QueryRow) -> Stored:
    return Stored(
        to_letter(find_letter(session, query)),
        question_findings(session, query),
        letterhead_of(desk, session, query.facility_id),
        query.letter_revision,
    )


def _note(desk: Desk, actor: Actor, query_id: str) -> None:
    with desk.store.looking() as session:
        query = find_query(session, query_id)
        if query is not None:
            note_query(desk, session, actor, VERB, query)


def _read(desk: Desk, encounter_id: str) -> Reference:
    with desk.store.reading() as session:
        row = find_encounter(session, encounter_id)
        if row is None:
            raise NotFound("there is no such thing")
        encounter = desk.references.read_chart(session, row)
    return reference_of(desk.scanner.scan(encounter), desk.pack)
