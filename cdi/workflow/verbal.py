"""Questions asked by word of mouth: recorded with the same content, by the same rules (Q28)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cdi.domain.actor import Actor
from cdi.domain.letter import Channel
from cdi.domain.query import QueryVerb
from cdi.errors import InputError, NotCompliant
from cdi.storage import Session
from cdi.storage.people import find_policy
from cdi.workflow.addendum import AnswerGiven
from cdi.workflow.answering import settle
from cdi.workflow.desk import Desk, Receipt, Request, carry_out
from cdi.workflow.drafting import (
    add_questions,
    new_query,
    review_now,
    take_findings,
    write_letter,
)
from cdi.workflow.letters import stopping
from cdi.workflow.moves import move
from cdi.workflow.routing import chosen_route
from cdi.workflow.sending import note_sent
from cdi.workflow.trail import note_query

VERB = "query.record_verbal"


def record_verbal_query(
    desk: Desk,
    actor: Actor,
    encounter_id: str,
    finding_ids: Sequence[str],
    recipient_id: str,
    asked_at: datetime,
    answers: Sequence[AnswerGiven],
    *,
    key: str = "",
) -> Receipt:
    """Record a question that was asked and answered in a conversation.

    The question is the one a letter would have put, with its facts and options; the answer is
    recorded by the specialist and unsigned, so that only the record can verify it.

    Raises:
        InputError: an answer does not fit, the physician is unknown, or it lies in the future.
        NotCompliant: the question would not have passed as a letter.
        ConflictError: the question was asked already.
    """
    if asked_at > desk.now():
        raise InputError("it lies in the future", field="asked_at")
    review = review_now(desk, actor, encounter_id, VERB)
    content = {
        "encounter": encounter_id,
        "findings": [*finding_ids],
        "recipient": recipient_id,
        "at": asked_at.isoformat(),
        "answers": [[answer.option, answer.words] for answer in answers],
    }

    def act(session: Session) -> Receipt:
        asked = take_findings(session, encounter_id, finding_ids)
        route = chosen_route(session, asked.row.facility_id, recipient_id)
        query = new_query(desk, session, actor, asked, route, Channel.VERBAL_NOTE)
        add_questions(desk, session, actor, query, asked.rows)
        _, violations = write_letter(desk, session, actor, query, review, route.user.name)
        rules = sorted({violation.rule for violation in stopping(violations)})
        if rules:
            raise NotCompliant(rules)
        move(session, query, QueryVerb.SEND, actor, desk.now())
        note_sent(session, query, asked_at)
        note_query(desk, session, actor, VERB, query, recipient=recipient_id)
        policy = find_policy(session, query.facility_id, desk.now())
        return settle(desk, session, actor, query, answers, route.user, policy, "verbal")

    return carry_out(desk, Request(actor, VERB, content, key), act)
