"""Webhook subscriptions, for administrators."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, status

from cdi.api.calls import Look
from cdi.api.schemas import NewSubscriptionOut, ReceiptOut, SubscriptionIn, SubscriptionOut
from cdi.workflow import subscriptions

router = APIRouter(prefix="/subscriptions", tags=["subscriptions"])
_Id = Annotated[str, Path(max_length=64)]


@router.get("")
def list_all(call: Look) -> list[SubscriptionOut]:
    """Return the subscriptions of one's facilities; their secrets are not shown again."""
    rows = subscriptions.list_subscriptions(call.desk, call.actor)
    return [SubscriptionOut.model_validate(row) for row in rows]


@router.post("", status_code=status.HTTP_201_CREATED)
def add(body: SubscriptionIn, call: Look) -> NewSubscriptionOut:
    """Subscribe an address; the secret that its messages are signed with is told once, here.

    Messages are signed as Standard Webhooks has it: `webhook-id`, `webhook-timestamp`,
    `webhook-signature`. They hold ids and states alone.
    """
    made = subscriptions.add_subscription(
        call.desk, call.actor, body.facility_id, body.address, body.topics
    )
    return NewSubscriptionOut(id=made.receipt.id, secret=made.secret)


@router.post("/{subscription_id}/secret")
def rotate(subscription_id: _Id, call: Look) -> NewSubscriptionOut:
    """Make a new secret; until the next change messages carry a signature by the old one too."""
    made = subscriptions.rotate_secret(call.desk, call.actor, subscription_id)
    return NewSubscriptionOut(id=made.receipt.id, secret=made.secret)


@router.post("/{subscription_id}/test", status_code=status.HTTP_202_ACCEPTED)
def send_test(subscription_id: _Id, call: Look) -> ReceiptOut:
    """Send a message of topic `subscription.test`; `made` names its delivery."""
    receipt = subscriptions.try_subscription(call.desk, call.actor, subscription_id)
    return ReceiptOut.model_validate(receipt)


@router.delete("/{subscription_id}", status_code=status.HTTP_204_NO_CONTENT)
def end(subscription_id: _Id, call: Look) -> None:
    """End a subscription; what was not delivered yet is not sent."""
    subscriptions.end_subscription(call.desk, call.actor, subscription_id)
