"""Answers on the way to a signature: kept one by one, read over, signed together or put away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cdi.domain.actor import Actor
from cdi.domain.letter import Letter
from cdi.domain.query import QueryState
from cdi.errors import ConflictError, InputError, NotFound, TransitionError
from cdi.storage import Session
from cdi.storage.answering import find_kept_answer, forget_kept_answers, kept_answers
from cdi.storage.people import find_policy, find_user
from cdi.storage.queries import find_letter, find_query, to_letter
from cdi.storage.tables import KeptAnswerRow, QueryRow
from cdi.workflow.addendum import AnswerGiven, read_answer, read_answers, write_statement
from cdi.workflow.answer_sheets import as_given, may_answer
from cdi.workflow.answering import VERB as ANSWER
from cdi.workflow.answering import Confirmation, require_fresh, settle
from cdi.workflow.desk import Desk, Receipt, Request, carry_out
from cdi.workflow.moves import receipt_of, take_query
from cdi.workflow.permissions import reach
from cdi.workflow.trail import note_query

KEEP = "query.keep_answer"


@dataclass(frozen=True, slots=True)
class StrandedAnswer:
    """What a physician answered and can no longer sign, in words to copy.

    Attributes:
        topic: subject of the question; "" if its letter is another now.
        chosen: wording of the option; "" for words alone.
        state: how the query stands.
    """

    query_id: str
    topic: str
    chosen: str
    words: str
    state: QueryState


def keep_answer(
    desk: Desk, actor: Actor, query_id: str, revision: int, position: int, given: AnswerGiven
) -> Receipt:
    """Keep the answer to one question until it is signed; a later one takes its place.

    Args:
        desk: where.
        actor: one of those who are asked.
        query_id: which query.
        revision: of the letter the actor has read.
        position: place of the question, from 0.
        given: the answer.

    Raises:
        InputError: the answer does not fit the question; names the field.
        ConflictError: the letter is another now.
        TransitionError: the query was answered or withdrawn meanwhile.
        NotFound, NotAllowed: as the permissions say.
    """
    with desk.store.writing() as session:
        query = take_query(session, actor, query_id, KEEP, desk.now())
        _require_open(desk, session, actor, query, revision)
        letter = to_letter(find_letter(session, query))
        if not 0 <= position < len(letter.questions):
            raise NotFound("there is no such thing")
        read_answer(letter.questions[position], given, f"answers[{position}]")
        row = find_kept_answer(session, actor.id, query.id, position)
        if row is None:
            row = KeptAnswerRow(query_id=query.id, user_id=actor.id, position=position)
            session.add(row)
        row.letter_revision, row.kept_at = revision, desk.now()
        row.option, row.words = given.option, given.words.strip()
        note_query(desk, session, actor, KEEP, query, question=position)
        return receipt_of(query)


def preview(letter: Letter, kept: Mapping[int, AnswerGiven]) -> str:
    """Return what the addendum will say above the signature.

    Raises:
        InputError: a question is not answered; names it.
    """
    return write_statement(read_answers(letter, _in_order(letter, kept)))


def mark_shown(desk: Desk, text: str) -> str:
    """Return a mark of a text that was shown, which tells no word of it."""
    return desk.store.digest(text)


def sign_kept_answers(
    desk: Desk,
    actor: Actor,
    query_id: str,
    revision: int,
    shown: str,
    confirmation: Confirmation,
) -> Receipt:
    """Sign the kept answers to a query; doing it twice signs once.

    Args:
        desk: where.
        actor: who answered.
        query_id: which query.
        revision: of the letter that was answered.
        shown: :func:`mark_shown` of what :func:`preview` returned for the page that was signed.
        confirmation: of the actor, as fresh as the policy of the facility asks.

    Raises:
        InputError: a question is not answered.
        ConflictError: the letter or the answers are not those that were shown.
        TransitionError: the query was answered or withdrawn meanwhile; the answers stay kept.
        SignatureError: the confirmation is of somebody else or too old.
        NotFound, NotAllowed: as the permissions say.
    """
    content = {"query": query_id, "revision": revision, "shown": shown}

    def act(session: Session) -> Receipt:
        query = take_query(session, actor, query_id, ANSWER, desk.now())
        _require_open(desk, session, actor, query, revision)
        letter = to_letter(find_letter(session, query))
        kept = as_given(kept_answers(session, actor.id, [query.id]), revision)
        if mark_shown(desk, preview(letter, kept)) != shown:
            raise ConflictError("the answers are not those that were shown; read them again")
        policy = find_policy(session, query.facility_id, desk.now())
        require_fresh(confirmation, actor, policy, desk.now())
        signer = find_user(session, actor.id)
        if signer is None:
            raise NotFound("there is no such user")
        given = _in_order(letter, kept)
        method = confirmation.method
        receipt = settle(desk, session, actor, query, given, signer, policy, method)
        forget_kept_answers(session, actor.id, query.id)
        return receipt

    key = f"sign-{query_id}-{revision}"
    return carry_out(desk, Request(actor, ANSWER, content, key), act)


def find_stranded(desk: Desk, actor: Actor) -> tuple[StrandedAnswer, ...]:
    """Return what the actor answered to queries that were settled otherwise meanwhile.

    Raises:
        NotAllowed: the actor is no physician anywhere.
    """
    reach(actor, KEEP)
    stranded = []
    with desk.store.reading() as session:
        for row in kept_answers(session, actor.id):
            query = find_query(session, row.query_id)
            if query is None:
                continue
            same = query.letter_revision == row.letter_revision
            if same and may_answer(desk, session, actor, query):
                continue
            letter = to_letter(find_letter(session, query, row.letter_revision))
            stranded.append(_stranded(row, query, letter))
    return tuple(stranded)


def forget_answers(desk: Desk, actor: Actor, query_id: str) -> int:
    """Put away what the actor answered to a query and has not signed; return how many answers.

    Raises:
        NotAllowed: the actor is no physician anywhere.
    """
    reach(actor, KEEP)
    with desk.store.writing() as session:
        return forget_kept_answers(session, actor.id, query_id)


def _require_open(
    desk: Desk, session: Session, actor: Actor, query: QueryRow, revision: int
) -> None:
    if not may_answer(desk, session, actor, query):
        raise TransitionError("answer", query.state.value, [])
    if query.letter_revision != revision:
        raise ConflictError(
            f"the letter of query {query.id} is another now",
            version=query.version,
            changed_by=query.changed_by,
        )


def _in_order(letter: Letter, kept: Mapping[int, AnswerGiven]) -> list[AnswerGiven]:
    for position in range(len(letter.questions)):
        if position not in kept:
            raise InputError("not answered yet", field=f"answers[{position}]")
    return [kept[position] for position in range(len(letter.questions))]


def _stranded(row: KeptAnswerRow, query: QueryRow, letter: Letter) -> StrandedAnswer:
    question = letter.questions[row.position]
    chosen = "" if row.option is None else question.options[row.option].text
    return StrandedAnswer(row.query_id, question.topic, chosen, row.words, query.state)
