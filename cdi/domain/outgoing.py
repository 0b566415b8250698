"""A query as other systems are told of it: what a FHIR resource or an HL7 document is made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cdi.domain.encounter import Patient
from cdi.domain.letter import Letter
from cdi.domain.query import QueryState


@dataclass(frozen=True, slots=True)
class Clinician:
    """A person as the record system knows them; ``provider_id`` is "" if it does not."""

    provider_id: str
    name: str


@dataclass(frozen=True, slots=True)
class SignedAnswer:
    """A signed reply.

    Attributes:
        id: stable; names the addendum as a document.
        chosen: for each question of the letter its option, None for words alone, and the words.
        addendum: the text for the record.
    """

    id: str
    chosen: tuple[tuple[int | None, str], ...]
    addendum: str
    signed_by: Clinician
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class QueryDocument:
    """A query with what another system may be told of it.

    Attributes:
        message_id: of the delivery; the same at each attempt.
        topic: what happened ("query.sent", "query.answered", "query.withdrawn", …).
        at: when.
        facility: its code, as feeds name it.
        encounter: number of the stay in the record system.
        version: of the query.
        letter: as it was sent; options carry codes, which are for coders alone.
        letter_revision: which version of it.
        answer: None until it was answered.
    """

    message_id: str
    topic: str
    at: datetime
    facility: str
    patient: Patient | None
    encounter: str
    query: str
    state: QueryState
    version: int
    letter: Letter
    letter_revision: int
    recipient: Clinician | None
    sent_at: datetime | None
    due_at: datetime | None
    answer: SignedAnswer | None
