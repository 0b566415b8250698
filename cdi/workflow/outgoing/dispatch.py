"""A delivery as its sender sees it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cdi.storage.tables import DeliveryKind, DeliveryRow


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One message to go out.

    Attributes:
        id: the message id, the same at each attempt.
        target: an e-mail address, a subscription, or the name of a system.
        content: what the outbox holds: ids and states, never words of a record.
        body: the same as it was written.
        created_at: when what it tells of happened.
    """

    id: str
    kind: DeliveryKind
    topic: str
    target: str
    facility_id: str
    query_id: str
    created_at: datetime
    attempts: int
    body: str

    @property
    def content(self) -> dict[str, Any]:
        """What the outbox holds."""
        content: dict[str, Any] = json.loads(self.body)
        return content


Sender = Callable[[Dispatch], None]
"""Sends a message; raises DeliveryError if it was not taken."""


def dispatch_of(row: DeliveryRow) -> Dispatch:
    """Return a delivery for its sender."""
    return Dispatch(
        row.id,
        row.kind,
        row.topic,
        row.target,
        row.facility_id,
        row.query_id or "",
        row.created_at,
        row.attempts,
        row.content,
    )
