"""Applying the inbox: what came in for a visit becomes the stored encounter."""

from __future__ import annotations

from collections.abc import Iterator

from cdi.domain.actor import Actor
from cdi.interop.hl7 import encounter_from_messages, parse_message
from cdi.interop.mapping import Intake
from cdi.storage.inbox import mark_applied, messages_of_visit, waiting_visits
from cdi.workflow.desk import Desk, Receipt
from cdi.workflow.intake import ingest_encounter


def apply_inbox(desk: Desk, actor: Actor, facility_id: str, intake: Intake) -> Iterator[Receipt]:
    """Yield what was done for each visit with messages that were not applied yet.

    The stay is made anew of all messages of its visit, so that their order of arrival makes no
    difference and a mapping that was mended since counts for the old ones too. Stopped in between,
    it does the rest the next time: applying a message again changes nothing.

    Args:
        desk: where.
        actor: specialist or service of the facility.
        facility_id: whose inbox it is.
        intake: what codes, units and authors mean at this site.
    """
    with desk.store.reading() as session:
        visits = waiting_visits(session)
    for visit in visits:
        with desk.store.reading() as session:
            texts = messages_of_visit(session, visit)
        stay = encounter_from_messages(map(parse_message, texts.values()), intake)
        receipt = ingest_encounter(desk, actor, facility_id, stay)
        with desk.store.writing() as session:
            mark_applied(session, texts, receipt.id, desk.now())
        yield receipt
