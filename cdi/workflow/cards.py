"""What a CDS client shows of open queries: that they wait, for whom, and the way to them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from cdi.compliance import check, may_be_sent
from cdi.domain.actor import Actor
from cdi.domain.encounter import Encounter
from cdi.domain.letter import Channel, Letter
from cdi.storage import Session
from cdi.storage.awaiting import Awaited, awaited_of
from cdi.storage.people import find_policy
from cdi.storage.queries import find_letter, to_letter
from cdi.workflow.charts import note_list
from cdi.workflow.desk import Desk
from cdi.workflow.links import QUESTION_PATH
from cdi.workflow.permissions import reach

VERB = "cards.read"
_LONGEST = 139  # CDS Hooks 2.0: a summary has fewer than 140 characters


@dataclass(frozen=True, slots=True)
class Card:
    """A notice of one query.

    Attributes:
        summary: for whom it waits; names no diagnosis.
        detail: what it is about in the neutral words of its subject, since when, until when.
        url: of the query; whoever follows it logs in.
    """

    query: str
    summary: str
    detail: str
    url: str
    overdue: bool


def open_cards(
    desk: Desk,
    actor: Actor,
    *,
    encounters: Collection[str],
    patients: Collection[str],
    clinician: str = "",
) -> tuple[Card, ...]:
    """Return a card for each query that awaits an answer; that they were shown is an event.

    Args:
        desk: where.
        actor: the machine that asks.
        encounters: the stay, by what record systems call it.
        patients: the patient, likewise; asked for only where the stay is not known here.
        clinician: who looks, by what the record system calls them.

    Raises:
        NotAllowed: the machine may not.
    """
    places = reach(actor, VERB)
    with desk.store.looking() as session:
        found = awaited_of(session, places, encounters=encounters, patients=patients)
        cards = tuple(_card(desk, session, awaited, clinician) for awaited in found)
        note_list(desk, session, actor, VERB, tuple(awaited.query for awaited in found))
    return cards


def _card(desk: Desk, session: Session, awaited: Awaited, clinician: str) -> Card:
    query, recipient = awaited.query, awaited.recipient
    zone = ZoneInfo(find_policy(session, query.facility_id, desk.now()).zone)
    who = "an answer"
    if recipient is not None:
        own = bool(clinician) and recipient.provider_id == clinician
        who = "your answer" if own else f"an answer from {recipient.name}"
    summary = f"A documentation question awaits {who}"
    summary = summary if len(summary) <= _LONGEST else "A documentation question awaits an answer"
    subject = to_letter(find_letter(session, query)).subject
    times = ", ".join(
        f"{word} {_day(at, zone)}"
        for word, at in (("sent", query.sent_at), ("answer expected by", query.due_at))
        if at is not None
    )
    detail = f"{subject}. {times.capitalize()}." if times else f"{subject}."
    if not _passes(desk, summary, detail):
        # Strict: a card can be seen by people who have not read the record.
        detail = f"{times.capitalize()}." if times else ""
    overdue = query.due_at is not None and query.due_at < desk.now()
    url = f"{desk.address}{QUESTION_PATH}{query.id}" if desk.address else ""
    return Card(query.id, summary, detail, url, overdue)


def _passes(desk: Desk, summary: str, detail: str) -> bool:
    """Tell whether a card passes the gate as if nothing were documented: no diagnosis is named."""
    letter = Letter("", "", summary, (), detail, "", body=detail, channel=Channel.CDS_CARD)
    found = check(letter, Encounter(""), desk.pack)
    # A card asks nothing itself: that it has no question is as it should be.
    return may_be_sent([one for one in found if not one.where.startswith("questions")])


def _day(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
