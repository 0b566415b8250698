"""Tokens against forged requests: bound to the session, another one on each page.

The token is new on each page, since one that repeats could be guessed from the length of packed
answers (BREACH).
"""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256

from cdi.errors import NotAllowed

FIELD = "csrf"
HEADER = "x-csrf-token"


class StaleForm(NotAllowed):
    """A form of an earlier session; what was typed into it is sent once more by its sender."""


def make_token(session_token: str) -> str:
    """Return a token for forms of a session."""
    nonce = secrets.token_urlsafe(9)
    return f"{nonce}.{_mark(session_token, nonce)}"


def is_genuine(session_token: str, token: str) -> bool:
    """Tell whether a token was made for this session."""
    nonce, _, mark = token.partition(".")
    return hmac.compare_digest(mark.encode(), _mark(session_token, nonce).encode())


def _mark(session_token: str, nonce: str) -> str:
    return hmac.new(session_token.encode(), f"form:{nonce}".encode(), sha256).hexdigest()
