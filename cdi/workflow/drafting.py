"""Drafting queries: questions about findings, merged for the physician, edited and reviewed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cdi.domain.actor import Actor
from cdi.domain.encounter import Encounter
from cdi.domain.finding import Finding, Review
from cdi.domain.letter import Channel, Letter, Violation
from cdi.domain.query import FindingChange, FindingState, QueryState, QueryVerb
from cdi.errors import ConflictError, InputError, NotFound
from cdi.letters import compose, recompose
from cdi.storage import Session
from cdi.storage.charts import find_encounter, load_encounter
from cdi.storage.findings import add_history, findings_by_id, read_findings, to_finding
from cdi.storage.people import find_policy
from cdi.storage.queries import find_draft, find_letter, to_letter
from cdi.storage.tables import EncounterRow, FindingRow, QueryRow, QuestionRow
from cdi.workflow.desk import Desk, Receipt, Request, carry_out
from cdi.workflow.letters import (
    LetterEdit,
    add_letter,
    apply_edit,
    judge,
    letterhead_of,
)
from cdi.workflow.moves import move, take_query
from cdi.workflow.permitted import take_encounter
from cdi.workflow.routing import Route, chosen_route, suggest_route
from cdi.workflow.trail import note_query


@dataclass(frozen=True, slots=True)
class _Question:
    """The findings to ask about in one letter, and the record they are about."""

    row: EncounterRow
    encounter: Encounter
    rows: list[FindingRow]

    @property
    def findings(self) -> list[Finding]:
        return [to_finding(row) for row in self.rows]


def draft_query(
    desk: Desk,
    actor: Actor,
    encounter_id: str,
    finding_ids: Sequence[str],
    *,
    recipient_id: str = "",
    key: str = "",
) -> Receipt:
    """Draft a query about findings of an encounter.

    Where an unsent query to the same physician about the same encounter exists, the questions
    join it: one physician gets one letter.

    Args:
        desk: where.
        actor: a specialist or manager.
        encounter_id: what it is about.
        finding_ids: what to ask about, in order.
        recipient_id: whom to ask; by the policy of the facility if empty.
        key: idempotency key.

    Raises:
        InputError: no finding is given, one is not of this encounter, or there is nobody to ask.
        ConflictError: one of the questions is asked already, or was answered.
    """
    verb = "query.draft"
    review = review_now(desk, actor, encounter_id, verb)
    content = {"encounter": encounter_id, "findings": [*finding_ids], "recipient": recipient_id}

    def act(session: Session) -> Receipt:
        asked = take_findings(session, encounter_id, finding_ids)
        route = _route(desk, session, asked, recipient_id)
        query = find_draft(session, encounter_id, route.user.id)
        before = None
        if query is None:
            query = new_query(desk, session, actor, asked, route)
        else:
            before = to_letter(find_letter(session, query))
            move(session, query, QueryVerb.EDIT, actor, desk.now())
            query.letter_revision += 1
        add_questions(desk, session, actor, query, asked.rows)
        write_letter(desk, session, actor, query, review, route.user.name, before)
        return note_query(
            desk,
            session,
            actor,
            verb,
            query,
            findings=[row.id for row in asked.rows],
            recipient=route.user.id,
            routed_by=route.because,
            merged=before is not None,
        )

    return carry_out(desk, Request(actor, verb, content, key), act)


def edit_letter(
    desk: Desk, actor: Actor, query_id: str, version: int, edit: LetterEdit, *, key: str = ""
) -> Receipt:
    """Keep a new version of an unsent letter; it is to be reviewed again.

    Raises:
        InputError: the edit does not fit the letter.
        TransitionError: the letter was sent; a sent letter is never altered.
        ConflictError: somebody else changed it since.
    """
    verb = "query.edit"
    review = review_of_query(desk, actor, query_id, verb)
    content = {"query": query_id, "version": version, "edit": repr(edit)}

    def act(session: Session) -> Receipt:
        query = take_query(session, actor, query_id, verb, desk.now(), version)
        move(session, query, QueryVerb.EDIT, actor, desk.now())
        before = to_letter(find_letter(session, query))
        findings = question_findings(session, query)
        letterhead = letterhead_of(desk, session, query.facility_id)
        letter = apply_edit(before, edit, findings, review.encounter, desk, letterhead)
        query.letter_revision += 1
        add_letter(desk, session, query, letter, judge(desk, letter, review), actor)
        return note_query(desk, session, actor, verb, query)

    return carry_out(desk, Request(actor, verb, content, key), act)


def submit_query(
    desk: Desk, actor: Actor, query_id: str, version: int, *, key: str = ""
) -> Receipt:
    """Put a draft up for a second reader."""
    return _step(desk, actor, query_id, version, QueryVerb.SUBMIT, key)


def return_query(
    desk: Desk, actor: Actor, query_id: str, version: int, *, key: str = ""
) -> Receipt:
    """Give a draft back to its writer."""
    return _step(desk, actor, query_id, version, QueryVerb.RETURN, key)


def review_now(desk: Desk, actor: Actor, encounter_id: str, verb: str) -> Review:
    """Return the review of the record as it is now, outside any transaction.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    with desk.store.reading() as session:
        row = take_encounter(session, actor, encounter_id, verb)
        encounter = load_encounter(session, row)
    return desk.scanner.scan(encounter)


def review_of_query(desk: Desk, actor: Actor, query_id: str, verb: str) -> Review:
    """Return the review of the record that a query is about, as it is now."""
    with desk.store.reading() as session:
        query = take_query(session, actor, query_id, verb, desk.now())
        row = find_encounter(session, query.encounter_id)
        if row is None:
            raise NotFound("there is no such thing")
        encounter = load_encounter(session, row)
    return desk.scanner.scan(encounter)


def take_findings(session: Session, encounter_id: str, finding_ids: Sequence[str]) -> _Question:
    """Return findings to ask about, locked.

    Raises:
        InputError: there is none, or one is not of this encounter.
        ConflictError: one is asked already, or no longer there; tells which and why.
    """
    row = find_encounter(session, encounter_id)
    wanted = list(dict.fromkeys(finding_ids))
    rows = [f for f in findings_by_id(session, wanted) if f.encounter_id == encounter_id]
    if row is None or not rows or len(rows) != len(wanted):
        raise InputError("not findings of this encounter", field="findings")
    for finding in rows:
        if finding.state is not FindingState.OPEN:
            raise ConflictError(f"finding {finding.id} is {finding.state}, not open")
    return _Question(row, load_encounter(session, row), rows)


def new_query(
    desk: Desk,
    session: Session,
    actor: Actor,
    asked: _Question,
    route: Route,
    channel: Channel = Channel.LETTER,
) -> QueryRow:
    """Add an empty query to a physician about an encounter."""
    now = desk.now()
    row = asked.row
    query = QueryRow(
        facility_id=row.facility_id,
        encounter_id=row.id,
        state=QueryState.DRAFT,
        channel=channel,
        retrospective=row.discharged_at is not None and row.discharged_at <= now,
        priority=max((f.priority for f in asked.rows), key=lambda priority: priority.rank),
        service=row.service,
        recipient_id=route.user.id,
        routed_by=route.because,
        owner_id=actor.id,
        letter_revision=1,
        created_at=now,
        changed_at=now,
        changed_by=actor.id,
        reminders=0,
    )
    session.add(query)
    session.flush()
    return query


def add_questions(
    desk: Desk, session: Session, actor: Actor, query: QueryRow, rows: Sequence[FindingRow]
) -> None:
    """Add a question for each finding; the database refuses one that is asked already."""
    for finding in rows:
        query.questions.append(
            QuestionRow(
                query_id=query.id,
                facility_id=query.facility_id,
                position=len(query.questions),
                finding_id=finding.id,
                condition=finding.condition,
                name=finding.name,
                type=finding.type,
                asked_once=f"{query.encounter_id}:{finding.condition}.{finding.name}",
            )
        )
        if finding.priority.rank > query.priority.rank:
            query.priority = finding.priority
        finding.state = FindingState.ASKED
        add_history(session, finding, FindingChange.ASKED, actor.id, desk.now())
    session.flush()


def question_findings(session: Session, query: QueryRow) -> list[Finding]:
    """Return the findings behind the questions of a query, in their order."""
    asked = [question.finding_id for question in query.questions if question.finding_id]
    found = read_findings(session, asked)
    return [found[identifier] for identifier in asked if identifier in found]


def write_letter(
    desk: Desk,
    session: Session,
    actor: Actor,
    query: QueryRow,
    review: Review,
    recipient: str,
    before: Letter | None = None,
) -> tuple[Letter, tuple[Violation, ...]]:
    """Compose the letter of a query from its questions, judge it and keep it.

    Questions that stood in the letter before stay as they were edited; others follow them.

    Raises:
        LetterError: the evidence of a finding no longer resolves in the record.
    """
    findings = question_findings(session, query)
    catalogue = desk.scanner.catalogue
    letterhead = letterhead_of(desk, session, query.facility_id)
    letter = compose(findings, review.encounter, catalogue, recipient, letterhead)
    letter = replace(letter, channel=query.channel)
    if before is not None:
        questions = before.questions + letter.questions[len(before.questions) :]
        letter = replace(letter, questions=questions)
        letter = recompose(letter, findings, review.encounter, catalogue, letterhead)
    violations = judge(desk, letter, review)
    add_letter(desk, session, query, letter, violations, actor)
    return letter, violations


def _step(
    desk: Desk, actor: Actor, query_id: str, version: int, step: QueryVerb, key: str
) -> Receipt:
    verb = f"query.{step}"

    def act(session: Session) -> Receipt:
        query = take_query(session, actor, query_id, verb, desk.now(), version)
        move(session, query, step, actor, desk.now())
        return note_query(desk, session, actor, verb, query)

    content = {"query": query_id, "version": version}
    return carry_out(desk, Request(actor, verb, content, key), act)


def _route(desk: Desk, session: Session, asked: _Question, recipient_id: str) -> Route:
    facility_id = asked.row.facility_id
    if recipient_id:
        return chosen_route(session, facility_id, recipient_id)
    policy = find_policy(session, facility_id, desk.now())
    route = suggest_route(session, asked.row, asked.encounter, asked.findings, policy)
    if route is None:
        raise InputError("nobody to ask is known; choose a recipient", field="recipient")
    return route
