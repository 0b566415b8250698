"""Answering a query: once, signed, with an addendum and what the coder picks up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cdi.domain.actor import Actor
from cdi.domain.policy import Policy
from cdi.domain.query import QueryVerb
from cdi.errors import NotFound, SignatureError
from cdi.storage import Session
from cdi.storage.chain import canonical
from cdi.storage.people import find_policy, find_user
from cdi.storage.queries import find_letter, to_letter
from cdi.storage.tables import AnswerRow, LetterRow, QueryRow, ResponseRow, UserRow
from cdi.workflow.addendum import AnswerGiven, ReadAnswer, read_answers, write_addendum
from cdi.workflow.delivery import announce
from cdi.workflow.desk import Desk, Receipt, Request, carry_out
from cdi.workflow.diagnoses import add_diagnoses
from cdi.workflow.moves import move, take_query
from cdi.workflow.trail import note_query

VERB = "query.answer"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """That a user has just proved who they are, made by whoever checked their credentials.

    Attributes:
        user_id: who was confirmed.
        at: when.
        method: how ("password", "oidc").
    """

    user_id: str
    at: datetime
    method: str


def answer_query(
    desk: Desk,
    actor: Actor,
    query_id: str,
    version: int,
    answers: Sequence[AnswerGiven],
    confirmation: Confirmation,
    *,
    key: str = "",
) -> Receipt:
    """Answer every question of a query and sign.

    Args:
        desk: where.
        actor: the recipient, their cover, or whom it was escalated to.
        query_id: which query.
        version: as the actor saw it; whoever answers second is told who was first.
        answers: one for each question, in order.
        confirmation: of the actor, as fresh as the policy of the facility asks.
        key: idempotency key.

    Returns:
        A receipt with the ids of the clarified diagnoses.

    Raises:
        InputError: an answer does not fit its question; names it.
        SignatureError: the confirmation is of somebody else or too old.
        ConflictError, TransitionError: it was changed or answered meanwhile.
        NotFound, NotAllowed: as the permissions say.
    """
    given = [[answer.option, answer.words] for answer in answers]
    content = {"query": query_id, "version": version, "answers": given}

    def act(session: Session) -> Receipt:
        query = take_query(session, actor, query_id, VERB, desk.now(), version)
        policy = find_policy(session, query.facility_id, desk.now())
        require_fresh(confirmation, actor, policy, desk.now())
        signer = _user(session, actor.id)
        return settle(desk, session, actor, query, answers, signer, policy, confirmation.method)

    return carry_out(desk, Request(actor, VERB, content, key), act)


def settle(
    desk: Desk,
    session: Session,
    actor: Actor,
    query: QueryRow,
    answers: Sequence[AnswerGiven],
    signer: UserRow,
    policy: Policy,
    method: str,
) -> Receipt:
    """Store the answers to a query with all that follows from them, in the open transaction."""
    now = desk.now()
    # Looked up before anything changes, so that each row is written once.
    letter = find_letter(session, query)
    minutes = _working_minutes(session, query, policy, now)
    move(session, query, QueryVerb.ANSWER, actor, now)
    query.answered_at, query.next_step_at, query.working_minutes = now, None, minutes
    read = read_answers(to_letter(letter), answers)
    addendum = write_addendum(read, signer.name, now, policy.zone)
    signature = sign(desk, query, letter, read, signer.id, now, addendum)
    response = ResponseRow(
        query_id=query.id,
        letter_revision=letter.revision,
        answered_by=signer.id,
        recorded_by=actor.id,
        answered_at=now,
        signature=signature,
        addendum_hash=desk.store.digest(addendum),
        addendum=addendum,
    )
    _add_answers(query, response, read)
    session.add(response)
    session.flush()
    diagnoses = add_diagnoses(desk, session, actor, query, response, read)
    announce(desk, session, query, "query.answered")
    receipt = note_query(
        desk,
        session,
        actor,
        VERB,
        query,
        letter,
        answered_by=signer.id,
        method=method,
        outcomes=[answer.outcome.value for answer in read],
        signature=signature,
        addendum_hash=response.addendum_hash,
        diagnoses=[row.id for row in diagnoses],
    )
    return Receipt(
        receipt.kind, receipt.id, receipt.version, receipt.state, tuple(r.id for r in diagnoses)
    )


def sign(
    desk: Desk,
    query: QueryRow,
    letter: LetterRow,
    answers: Sequence[ReadAnswer],
    signer_id: str,
    at: datetime,
    addendum: str,
) -> str:
    """Return a keyed hash over who answered what to which version of which letter, and when."""
    given = [(a.option.text if a.option else None, a.words) for a in answers]
    words = signed_words(query.id, letter.content_hash, given, addendum, signer_id, at)
    return desk.store.digest(words)


def signed_words(
    query_id: str,
    letter_hash: str,
    answers: Sequence[tuple[str | None, str]],
    addendum: str,
    signer_id: str,
    at: datetime,
) -> str:
    """Return what a signature is made over; each answer is the text of its option and the words."""
    return canonical(
        {
            "query": query_id,
            "letter": letter_hash,
            "answers": [list(answer) for answer in answers],
            "addendum": addendum,
            "signer": signer_id,
            "at": at.isoformat(),
        }
    )


def require_fresh(confirmation: Confirmation, actor: Actor, policy: Policy, now: datetime) -> None:
    """Make sure the signer has just confirmed who they are.

    Raises:
        SignatureError: they have not, or it was longer ago than the policy allows.
    """
    if confirmation.user_id != actor.id:
        raise SignatureError("the confirmation is of another user")
    age = now - confirmation.at
    if not timedelta() <= age <= timedelta(minutes=policy.signature_minutes):
        raise SignatureError(f"confirm again: it counts for {policy.signature_minutes} minutes")


def _working_minutes(
    session: Session, query: QueryRow, policy: Policy, now: datetime
) -> int | None:
    """Return how long the recipient took; None for what was asked and answered in one talk."""
    if query.sent_at is None or query.due_at is None:
        return None
    recipient = find_user(session, query.recipient_id or "")
    schedule = policy.schedule(recipient.schedule if recipient else "")
    return round(60 * schedule.between(query.sent_at, now))


def _add_answers(query: QueryRow, response: ResponseRow, read: Sequence[ReadAnswer]) -> None:
    for question, answer in zip(query.questions, read, strict=True):
        question.outcome = answer.outcome
        place = answer.question.options.index(answer.option) if answer.option else None
        response.answers.append(
            AnswerRow(
                response_id=response.id,
                question_id=question.id,
                position=question.position,
                option=place,
                kind=answer.option.kind if answer.option else None,
                outcome=answer.outcome,
                words=answer.words,
            )
        )


def _user(session: Session, identifier: str) -> UserRow:
    user = find_user(session, identifier)
    if user is None:
        raise NotFound("there is no such user")
    return user
