"""What a physician has before them: the questions of a patient, and what they answered so far."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cdi.domain.actor import Actor
from cdi.domain.encounter import Encounter
from cdi.domain.letter import Letter
from cdi.domain.query import AWAITING, QueryState, QueryVerb
from cdi.storage import Session
from cdi.storage.answering import kept_answers, last_handovers, queries_asked, responses_of
from cdi.storage.charts import bare_encounters, find_encounter
from cdi.storage.json_record import from_json
from cdi.storage.people import find_policy, find_user, names_of
from cdi.storage.queries import find_response, letters_by_query, replies_by_query, to_letter
from cdi.storage.tables import EncounterRow, HandoverRow, KeptAnswerRow, QueryRow, ResponseRow
from cdi.workflow.addendum import AnswerGiven
from cdi.workflow.charts import note_list
from cdi.workflow.desk import Desk
from cdi.workflow.moves import move, take_query, those_asked
from cdi.workflow.permissions import reach
from cdi.workflow.trail import note_query


@dataclass(frozen=True, slots=True)
class AskedQuery:
    """A query as the one who is asked sees it.

    Attributes:
        kept: by place of the question, what was answered and not signed yet.
        because: "" for the recipient, else "cover" or "escalated".
        recipient: name of whom it was sent to.
        handed_by: name of the physician who passed it on; "" if nobody did.
        handover: why, with a remark for who answers; None if nobody did.
    """

    row: QueryRow
    letter: Letter
    kept: dict[int, AnswerGiven]
    because: str
    recipient: str
    handed_by: str
    handover: HandoverRow | None

    @property
    def complete(self) -> bool:
        """Tell whether every question is answered."""
        return len(self.kept) == len(self.letter.questions)


@dataclass(frozen=True, slots=True)
class PatientQueries:
    """The open queries about one stay; ``patient`` is the stay without its notes and values."""

    encounter_id: str
    patient: Encounter
    zone: str
    queries: tuple[AskedQuery, ...]


@dataclass(frozen=True, slots=True)
class AnswerSheet:
    """A query that was opened, and the other open ones of the patient.

    Attributes:
        others: queries of the same stay that the physician may answer, due first.
        answerable: whether the physician may answer it now.
        response: the reply, if there is one.
        changed_by: name of who brought it to its state.
    """

    query: AskedQuery
    others: tuple[AskedQuery, ...]
    patient: Encounter
    zone: str
    answerable: bool
    response: ResponseRow | None
    answered_by: str
    changed_by: str

    @property
    def open_queries(self) -> tuple[AskedQuery, ...]:
        """All that may be answered for this patient, due first, whichever was opened."""
        opened = (self.query,) if self.answerable else ()
        return tuple(sorted((*opened, *self.others), key=_due))


@dataclass(frozen=True, slots=True)
class SignedReply:
    """A reply the physician signed; ``topics`` are the subjects of its questions."""

    response: ResponseRow
    query: QueryRow
    patient: Encounter
    topics: tuple[str, ...]


def open_asked(desk: Desk, actor: Actor) -> tuple[PatientQueries, ...]:
    """Return the open queries an actor may answer, by patient, the one due first at the top.

    Raises:
        NotAllowed: the actor is no physician anywhere.
    """
    places = reach(actor, "query.answer")
    with desk.store.looking() as session:
        rows = queries_asked(session, actor.id, places, desk.now())
        return _by_patient(desk, session, actor, rows)


def open_next(desk: Desk, actor: Actor) -> PatientQueries | None:
    """Return the patient whose query is due first, of those :func:`open_asked` returns.

    Raises:
        NotAllowed: the actor is no physician anywhere.
    """
    places = reach(actor, "query.answer")
    with desk.store.looking() as session:
        now = desk.now()
        rows = queries_asked(session, actor.id, places, now, limit=1)
        if not rows:
            return None
        rows = queries_asked(session, actor.id, places, now, rows[0].encounter_id)
        return _by_patient(desk, session, actor, rows)[0]


def open_sheet(desk: Desk, actor: Actor, query_id: str) -> AnswerSheet:
    """Return a query for answering with the others of the patient; that it was seen is an event.

    A query that was answered, withdrawn or passed on meanwhile is returned too, with how it
    stands, so that nobody stands before a closed door.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    with desk.store.writing() as session:
        query = take_query(session, actor, query_id, "query.read", desk.now())
        answerable = may_answer(desk, session, actor, query)
        if answerable:
            _note_view(desk, session, actor, query)
        else:
            note_query(desk, session, actor, "query.read", query)
        others = [
            row
            for row in queries_asked(
                session, actor.id, [query.facility_id], desk.now(), query.encounter_id
            )
            if row.id != query.id
        ]
        response = find_response(session, query.id)
        (opened,) = _asked(session, actor, [query])
        return AnswerSheet(
            opened,
            _asked(session, actor, others),
            _bare(session, query.encounter_id),
            find_policy(session, query.facility_id, desk.now()).zone,
            answerable,
            response,
            _name(session, response.answered_by) if response else "",
            _name(session, query.changed_by),
        )


def open_signed(
    desk: Desk, actor: Actor, *, before: str = "", since: datetime | None = None, limit: int = 30
) -> tuple[SignedReply, ...]:
    """Return the replies the actor has signed, newest first.

    Args:
        desk: where.
        actor: a physician.
        before: id of the last response of the page before.
        since: only those signed from then on; None for all.
        limit: at most so many.

    Raises:
        NotAllowed: the actor is no physician anywhere.
    """
    places = reach(actor, "query.answer")
    with desk.store.looking() as session:
        signed = responses_of(session, actor.id, before=before, since=since, limit=limit)
        found = replies_by_query(session, [response.query_id for response in signed])
        charts = bare_encounters(session, {query.encounter_id for query, _, _ in found.values()})
        replies = []
        for response in signed:
            query, version, _ = found[response.query_id]
            if query.facility_id not in places:
                continue
            topics = tuple(question.topic for question in to_letter(version).questions)
            patient = charts[query.encounter_id]
            replies.append(SignedReply(response, query, patient, topics))
        seen = tuple(reply.query for reply in replies)
        note_list(desk, session, actor, "query.list", seen)
    return tuple(replies)


def may_answer(desk: Desk, session: Session, actor: Actor, query: QueryRow) -> bool:
    """Tell whether the query is open and the actor one of those who are asked."""
    return query.state in AWAITING and actor.id in those_asked(session, query, desk.now())


def as_given(rows: Iterable[KeptAnswerRow], revision: int) -> dict[int, AnswerGiven]:
    """Return kept answers by the place of their question; those to another letter count not."""
    return {
        row.position: AnswerGiven(row.option, row.words)
        for row in rows
        if row.letter_revision == revision
    }


def _note_view(desk: Desk, session: Session, actor: Actor, query: QueryRow) -> None:
    if query.state is QueryState.SENT:
        move(session, query, QueryVerb.VIEW, actor, desk.now())
    if query.viewed_at is None:
        query.viewed_at = desk.now()
    note_query(desk, session, actor, "query.view", query)


def _by_patient(
    desk: Desk, session: Session, actor: Actor, rows: Sequence[QueryRow]
) -> tuple[PatientQueries, ...]:
    """Return queries by patient, in their order; that they were seen is an event."""
    note_list(desk, session, actor, "query.list", tuple(rows))
    stays: dict[str, list[QueryRow]] = {}
    for row in rows:
        stays.setdefault(row.encounter_id, []).append(row)
    shown = {query.row.id: query for query in _asked(session, actor, rows)}
    charts = bare_encounters(session, stays)
    zones = {
        place: find_policy(session, place, desk.now()).zone
        for place in {row.facility_id for row in rows}
    }
    return tuple(
        PatientQueries(
            encounter_id,
            charts[encounter_id],
            zones[queries[0].facility_id],
            tuple(shown[row.id] for row in queries),
        )
        for encounter_id, queries in stays.items()
    )


def _asked(session: Session, actor: Actor, rows: Sequence[QueryRow]) -> tuple[AskedQuery, ...]:
    identifiers = [row.id for row in rows]
    kept = kept_answers(session, actor.id, identifiers)
    letters = letters_by_query(session, identifiers)
    handovers = last_handovers(session, identifiers)
    people = {row.recipient_id for row in rows if row.recipient_id}
    names = names_of(session, people | {row.from_id for row in handovers.values()})
    return tuple(
        AskedQuery(
            row,
            letters[row.id],
            as_given((k for k in kept if k.query_id == row.id), row.letter_revision),
            _because(actor, row),
            names.get(row.recipient_id or "", ""),
            names.get(handovers[row.id].from_id, "") if row.id in handovers else "",
            handovers.get(row.id),
        )
        for row in rows
    )


def _due(query: AskedQuery) -> tuple[float, str]:
    due = query.row.due_at
    return (due.timestamp() if due else 0.0, query.row.id)


def _because(actor: Actor, row: QueryRow) -> str:
    if row.recipient_id == actor.id:
        return ""
    return "escalated" if row.escalated_to == actor.id else "cover"


def _bare(session: Session, encounter_id: str) -> Encounter:
    row = find_encounter(session, encounter_id)
    assert isinstance(row, EncounterRow)  # every query belongs to one
    return from_json(Encounter, row.content)


def _name(session: Session, user_id: str | None) -> str:
    user = find_user(session, user_id) if user_id else None
    return user.name if user is not None else ""
