"""Webhook subscriptions: who is told by machine what happens at a facility; for administrators."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cdi.domain.actor import Actor
from cdi.errors import DeliveryError, InputError, NotFound
from cdi.interop.transport.addresses import parse_place, reachable
from cdi.interop.transport.signature import make_secret
from cdi.storage import Session
from cdi.storage.chain import canonical
from cdi.storage.subscriptions import find_subscription, subscriptions_of
from cdi.storage.tables import DeliveryKind, DeliveryRow, SubscriptionRow
from cdi.workflow.desk import Desk, Receipt, note_event
from cdi.workflow.permissions import reach, require

TOPICS = frozenset(
    {
        "query.sent",
        "query.answered",
        "query.reminder",
        "query.escalated",
        "query.expired",
        "query.withdrawn",
        "query.declined",
        "query.unverified",
        "diagnosis.accepted",
        "diagnosis.coded",
        "diagnosis.returned",
    }
)
"""What can be subscribed to."""
TEST = "subscription.test"
"""The topic of a message that an administrator sends to see whether it arrives."""

_LONGEST = 400


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A subscription whose secret was made or changed; the secret is told once."""

    receipt: Receipt
    secret: str


def add_subscription(
    desk: Desk,
    actor: Actor,
    facility_id: str,
    address: str,
    topics: Collection[str],
) -> NewSecret:
    """Subscribe an address to topics of a facility.

    Args:
        desk: where.
        actor: an administrator of the facility.
        facility_id: whose news.
        address: called with POST; https and public, unless the site allows for its network.
        topics: of :data:`TOPICS`.

    Raises:
        InputError: no such topic, or the address cannot or must not be called.
        NotFound, NotAllowed: as the permissions say.
    """
    require(actor, "subscription.add", facility_id)
    unknown = sorted(set(topics) - TOPICS)
    if unknown or not topics:
        raise InputError(f"expected one or more of: {', '.join(sorted(TOPICS))}", field="topics")
    _check_address(address, desk.outlets.networks)
    secret = make_secret()
    with desk.store.writing() as session:
        row = SubscriptionRow(
            facility_id=facility_id,
            address=address,
            topics=sorted(set(topics)),
            created_at=desk.now(),
            secret=secret,
        )
        session.add(row)
        session.flush()
        receipt = _note(desk, session, actor, "subscription.add", row, topics=row.topics)
    return NewSecret(receipt, secret)


def list_subscriptions(desk: Desk, actor: Actor) -> tuple[SubscriptionRow, ...]:
    """Return the subscriptions of one's facilities, newest first.

    Raises:
        NotAllowed: the actor administers nothing.
    """
    places = reach(actor, "subscription.list")
    with desk.store.reading() as session:
        return tuple(subscriptions_of(session, places))


def rotate_secret(desk: Desk, actor: Actor, subscription_id: str) -> NewSecret:
    """Make a new secret; messages are signed with the old one as well until the next change.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    verb = "subscription.rotate"
    secret = make_secret()
    with desk.store.writing() as session:
        row = _take(session, actor, subscription_id, verb)
        row.secret = f"{secret} {row.secret.split()[0]}"
        receipt = _note(desk, session, actor, verb, row)
    return NewSecret(receipt, secret)


def end_subscription(desk: Desk, actor: Actor, subscription_id: str) -> Receipt:
    """End a subscription; what was not delivered yet is not sent.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    verb = "subscription.end"
    with desk.store.writing() as session:
        row = _take(session, actor, subscription_id, verb)
        row.active = False
        return _note(desk, session, actor, verb, row)


def try_subscription(desk: Desk, actor: Actor, subscription_id: str) -> Receipt:
    """Put a test message into the outbox; the receipt names its delivery.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    verb = TEST
    now = desk.now()
    with desk.store.writing() as session:
        row = _take(session, actor, subscription_id, verb)
        delivery = DeliveryRow(
            facility_id=row.facility_id,
            kind=DeliveryKind.WEBHOOK,
            topic=TEST,
            target=row.id,
            created_at=now,
            due_at=now,
            content=canonical({"topic": TEST}),
        )
        session.add(delivery)
        session.flush()
        _note(desk, session, actor, verb, row)
        receipt = Receipt("subscription", row.id, state="active", made=(delivery.id,))
    if desk.wake is not None:
        desk.wake()
    return receipt


def _check_address(address: str, networks: str) -> None:
    if len(address) > _LONGEST:
        raise InputError(f"at most {_LONGEST} characters", field="address")
    place = parse_place(address)
    try:
        reachable(place, networks)
    except DeliveryError as error:
        reasons = {
            "unknown-host": "the host is not known",
            "address-not-allowed": "must be https and lead to a public address; others have to be "
            "allowed for by CDI_WEBHOOK_NETWORKS",
        }
        raise InputError(reasons[error.reason], field="address") from None


def _take(session: Session, actor: Actor, subscription_id: str, verb: str) -> SubscriptionRow:
    row = find_subscription(session, subscription_id, lock=True)
    if row is None or not row.active:
        raise NotFound("there is no such thing")
    require(actor, verb, row.facility_id)
    return row


def _note(
    desk: Desk, session: Session, actor: Actor, verb: str, row: SubscriptionRow, **detail: object
) -> Receipt:
    receipt = Receipt("subscription", row.id, state="active" if row.active else "ended")
    note_event(desk, session, actor, verb, receipt, row.facility_id, None, **detail)
    return receipt
