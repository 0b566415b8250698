"""Signatures of webhooks, as the Standard Webhooks specification has them (version 1, symmetric).

``webhook-signature`` is ``v1,<base64 of HMAC-SHA256 over "id.timestamp.body">``, one for each
secret in use, separated by blanks. https://www.standardwebhooks.com
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

_PREFIX = "whsec_"
_BYTES = 32


def make_secret() -> str:
    """Return a new secret, in the form that libraries of receivers take."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def signed_headers(
    message_id: str, at: datetime, body: bytes, secrets_in_use: Sequence[str]
) -> dict[str, str]:
    """Return the headers of a webhook.

    Args:
        message_id: the same at each attempt, so that a receiver can tell a repetition.
        at: the time of this attempt; a receiver refuses what is too old.
        body: what is sent.
        secrets_in_use: the newest first; during a change of secrets there are two.
    """
    stamp = str(int(at.timestamp()))
    signed = f"{message_id}.{stamp}.".encode() + body
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(_sign(signed, secret) for secret in secrets_in_use),
    }


def _sign(signed: bytes, secret: str) -> str:
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    return "v1," + base64.b64encode(hmac.new(key, signed, sha256).digest()).decode()
