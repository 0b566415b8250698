"""Tokens that a CDS client signs for each call (CDS Hooks 2.0, "Trusting CDS Clients")."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from joserfc.errors import JoseError
from joserfc.jwt import JWTClaimsRegistry

from cdi.errors import LoginError
from cdi.interop.identity.keys import KeySource

ALGORITHMS = ("ES384", "RS384", "ES256", "RS256")
"""The two that CDS Hooks recommends, and what is in use besides."""
_LEEWAY = 60


@dataclass(frozen=True, slots=True)
class ClientToken:
    """A call that was signed: by whom, and the id that no other call has."""

    issuer: str
    id: str


def issuer_of(token: str) -> str:
    """Return who a token says has signed it, before its keys are known; "" if it does not say."""
    try:
        body = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (IndexError, ValueError):
        return ""
    issuer = claims.get("iss") if isinstance(claims, dict) else None
    return issuer if isinstance(issuer, str) else ""


def read_client_token(
    token: str, keys: KeySource, issuer: str, audience: str, now: datetime, longest: timedelta
) -> ClientToken:
    """Return what a token says, signed by this issuer for a call to this address.

    Raises:
        LoginError: signature, issuer, audience or time is not right, or it would count longer
            than a call may; names which.
        ProviderError: the keys of the issuer cannot be had.
    """
    claims = keys.read(token, ALGORITHMS)
    registry = JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=_LEEWAY,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": audience},
        exp={"essential": True},
        iat={"essential": True},
        jti={"essential": True},
    )
    try:
        registry.validate(claims)
    except JoseError as error:
        raise LoginError(f"the token does not count: {getattr(error, 'claim', '')}") from None
    if claims["exp"] - now.timestamp() > longest.total_seconds():
        raise LoginError("the token does not count: exp")
    return ClientToken(issuer, str(claims["jti"]))
