"""Telling others: rows of the outbox, written with what they tell of."""

from __future__ import annotations

from collections.abc import Iterable

from cdi.storage import Session
from cdi.storage.chain import canonical
from cdi.storage.people import find_cover, find_user, subscriptions
from cdi.storage.tables import DeliveryKind, DeliveryRow, QueryRow, UserRow
from cdi.workflow.desk import Desk


def announce(
    desk: Desk, session: Session, query: QueryRow, topic: str, *recipients: str | None
) -> None:
    """Put a message about a query into the outbox: to these users, and to who subscribed.

    Whoever answers for one of them now is told as well.

    The message holds ids and the state. Whoever may know more asks for it with their login, so
    that no mail server and no webhook ever holds the record of a patient.
    """
    session.flush()  # the version told is the one that is committed
    told = {"topic": topic, "query": query.id, "state": query.state.value, "version": query.version}
    if desk.outlets.email:
        for recipient in _readers(desk, session, recipients):
            if recipient.email and recipient.active:
                notice = canonical({**told, "recipient": recipient.id})
                _add(desk, session, query, DeliveryKind.EMAIL, topic, recipient.email, notice)
    for subscription in subscriptions(session, query.facility_id, topic):
        target = subscription.id
        _add(desk, session, query, DeliveryKind.WEBHOOK, topic, target, canonical(told))
    for kind, topics in (
        (DeliveryKind.HL7, desk.outlets.hl7),
        (DeliveryKind.FHIR, desk.outlets.fhir),
    ):
        if topic in topics:
            _add(desk, session, query, kind, topic, kind.value, canonical(told))


def _readers(desk: Desk, session: Session, recipients: Iterable[str | None]) -> Iterable[UserRow]:
    """Return who a message is for, each once: the recipients, and those who cover for them."""
    found: dict[str, UserRow] = {}
    for identifier in filter(None, recipients):
        for user in (find_user(session, identifier), find_cover(session, identifier, desk.now())):
            if user is not None:
                found.setdefault(user.id, user)
    return found.values()


def _add(
    desk: Desk,
    session: Session,
    query: QueryRow,
    kind: DeliveryKind,
    topic: str,
    target: str,
    content: str,
) -> None:
    now = desk.now()
    session.add(
        DeliveryRow(
            facility_id=query.facility_id,
            query_id=query.id,
            kind=kind,
            topic=topic,
            target=target,
            created_at=now,
            due_at=now,
            content=content,
        )
    )
