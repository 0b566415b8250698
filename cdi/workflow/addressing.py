"""To whom an unsent letter goes: who is proposed and why, when an answer would be due, a change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from cdi.domain.actor import Actor, StaffRole
from cdi.domain.query import QueryVerb
from cdi.errors import InputError, NotFound
from cdi.letters import recompose
from cdi.storage import Session
from cdi.storage.charts import find_encounter
from cdi.storage.people import find_policy, find_user, members_of
from cdi.storage.queries import find_draft, find_letter, find_query, to_letter
from cdi.storage.tables import EncounterRow, QueryRow
from cdi.workflow.desk import Desk, Receipt, Request, carry_out
from cdi.workflow.drafting import question_findings, review_of_query
from cdi.workflow.letters import add_letter, judge, letterhead_of
from cdi.workflow.moves import move, take_query, those_asked
from cdi.workflow.permissions import require_of_query
from cdi.workflow.routing import chosen_route, possible_routes
from cdi.workflow.trail import note_query

VERB = "query.address"
_BECAUSE = {
    "author": "wrote what raised the question",
    "attending": "is the attending",
    "service": "works in the service in charge",
}


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who may be asked; ``why`` is "" for those whom no rule of the policy proposes."""

    id: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Address:
    """Who may be asked, proposed ones first, and when an answer would be due if sent now."""

    recipients: tuple[Recipient, ...]
    due_at: datetime | None


def open_address(desk: Desk, actor: Actor, query_id: str) -> Address:
    """Return who may be asked with an unsent letter, why, and when the answer would be due.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    with desk.store.reading() as session:
        query, row = _find(desk, session, actor, query_id)
        encounter = desk.references.read_chart(session, row)
        findings = question_findings(session, query)
        policy = find_policy(session, row.facility_id, desk.now())
        found: dict[str, Recipient] = {}
        for route in possible_routes(session, row, encounter, findings, policy):
            why = _BECAUSE.get(route.because, route.because)
            found.setdefault(route.user.id, Recipient(route.user.id, route.user.name, why))
        for user in members_of(session, row.facility_id, [StaffRole.PHYSICIAN]):
            found.setdefault(user.id, Recipient(user.id, user.name, ""))
        recipient = find_user(session, query.recipient_id or "")
        schedule = policy.schedule(recipient.schedule if recipient else "")
        due = schedule.after(desk.now(), policy.due_hours) if recipient else None
    proposed = [one for one in found.values() if one.why]
    others = sorted((one for one in found.values() if not one.why), key=lambda one: one.name)
    return Address((*proposed, *others), due)


def address_query(
    desk: Desk, actor: Actor, query_id: str, version: int, recipient_id: str, *, key: str = ""
) -> Receipt:
    """Address an unsent letter to another physician.

    Raises:
        InputError: they are no physician of the facility, or have an unsent letter about the
            encounter already, which the questions should join.
        TransitionError: the letter was sent; it is rerouted then.
        ConflictError: somebody else changed it since.
    """
    review = review_of_query(desk, actor, query_id, VERB)

    def act(session: Session) -> Receipt:
        query = take_query(session, actor, query_id, VERB, desk.now(), version)
        route = chosen_route(session, query.facility_id, recipient_id)
        other = find_draft(session, query.encounter_id, recipient_id)
        if other is not None and other.id != query.id:
            raise InputError(f"{route.user.name} has an unsent letter already", field="recipient")
        before = query.recipient_id
        move(session, query, QueryVerb.EDIT, actor, desk.now())
        query.recipient_id, query.routed_by = route.user.id, "chosen"
        findings = question_findings(session, query)
        letter = replace(to_letter(find_letter(session, query)), recipient=route.user.name)
        letterhead = letterhead_of(desk, session, query.facility_id)
        catalogue = desk.scanner.catalogue
        letter = recompose(letter, findings, review.encounter, catalogue, letterhead)
        query.letter_revision += 1
        add_letter(desk, session, query, letter, judge(desk, letter, review), actor)
        return note_query(desk, session, actor, VERB, query, before=before, to=recipient_id)

    content = {"query": query_id, "version": version, "recipient": recipient_id}
    return carry_out(desk, Request(actor, VERB, content, key), act)


def _find(
    desk: Desk, session: Session, actor: Actor, query_id: str
) -> tuple[QueryRow, EncounterRow]:
    query = find_query(session, query_id)
    row = find_encounter(session, query.encounter_id) if query else None
    if query is None or row is None:
        raise NotFound("there is no such thing")
    asked = those_asked(session, query, desk.now())
    require_of_query(actor, VERB, query.facility_id, query.encounter_id, asked)
    return query, row
