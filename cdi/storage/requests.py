"""Requests that were already carried out: the same key is answered the same way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from cdi.errors import IdempotencyError
from cdi.storage.tables import RequestRow


def find_receipt(
    session: Session, actor_id: str, key: str, fingerprint: str
) -> Mapping[str, Any] | None:
    """Return what was answered to a request, None if it is new.

    Raises:
        IdempotencyError: the key came with another request.
    """
    row = session.get(RequestRow, (actor_id, key))
    if row is None:
        return None
    if row.fingerprint != fingerprint:
        raise IdempotencyError("this idempotency key was used for another request")
    return row.receipt


def claim(session: Session, actor_id: str, key: str, fingerprint: str, at: datetime) -> RequestRow:
    """Take a key; whoever takes it at the same time waits and then fails with a conflict."""
    row = RequestRow(actor_id=actor_id, key=key, fingerprint=fingerprint, at=at, receipt={})
    session.add(row)
    session.flush()
    return row


def forget_requests(session: Session, before: datetime) -> None:
    """Delete keys that are too old to be sent again."""
    session.execute(delete(RequestRow).where(RequestRow.at < before))
