"""The events of a query: what was done, and which version of its letter stood then."""

from __future__ import annotations

from cdi.domain.actor import Actor
from cdi.storage import Session
from cdi.storage.queries import find_letter
from cdi.storage.tables import LetterRow, QueryRow
from cdi.workflow.desk import Desk, Receipt, note_event
from cdi.workflow.moves import receipt_of


def note_query(
    desk: Desk,
    session: Session,
    actor: Actor,
    verb: str,
    query: QueryRow,
    version: LetterRow | None = None,
    /,
    **detail: object,
) -> Receipt:
    """Write the event of something done to a query; return how the query stands then.

    ``version`` is its letter, for callers that have it at hand.
    """
    session.flush()
    receipt = receipt_of(query)
    letter = version or find_letter(session, query)
    note_event(
        desk,
        session,
        actor,
        verb,
        receipt,
        query.facility_id,
        query.encounter_id,
        state=query.state.value,
        letter=letter.revision,
        letter_hash=letter.content_hash,
        pack=letter.pack_version,
        **detail,
    )
    return receipt
