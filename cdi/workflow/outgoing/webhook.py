"""Webhooks: ids and states, signed, to addresses that administrators subscribed."""

from __future__ import annotations

from cdi.errors import DeliveryError
from cdi.interop.transport.addresses import parse_place, reachable
from cdi.interop.transport.http import post
from cdi.interop.transport.signature import signed_headers
from cdi.storage.subscriptions import find_subscription
from cdi.workflow.desk import Desk
from cdi.workflow.outgoing.dispatch import Dispatch


def send_webhook(desk: Desk, dispatch: Dispatch) -> None:
    """Post a message to who subscribed.

    Args:
        desk: where the subscription is.
        dispatch: what to send; its target is the subscription.

    Raises:
        DeliveryError: it was not taken; for good if the subscription has ended.
    """
    with desk.store.reading() as session:
        row = find_subscription(session, dispatch.target)
        if row is None or not row.active:
            raise DeliveryError("no-subscription", lasting=True)
        address, secrets = row.address, row.secret.split()
    body = dispatch.body.encode()
    place = parse_place(address)
    headers = signed_headers(dispatch.id, desk.now(), body, secrets)
    headers["Content-Type"] = "application/json"
    post(place, reachable(place, desk.outlets.networks), body, headers)
