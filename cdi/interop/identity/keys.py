"""Public keys of an issuer: fetched when first needed, and again when one is not among them."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx2
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from cdi.errors import LoginError, ProviderError

# Asking for a key that never comes must not become a load on the issuer.
_AGAIN_SECONDS = 30.0
_TIMEOUT = 5.0
_MOST_BYTES = 1_000_000
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def fetch_json(url: str) -> Mapping[str, Any]:
    """Return the JSON object at an address.

    Raises:
        ProviderError: it is not https, cannot be reached, or is no JSON object.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL):
        raise ProviderError(f"{parts.hostname or 'the address'}: only https is used")
    try:
        answer = httpx2.get(url, timeout=_TIMEOUT)
        answer.raise_for_status()
        found = answer.json() if len(answer.content) <= _MOST_BYTES else None
    except (httpx2.HTTPError, ValueError) as error:
        raise ProviderError(f"{parts.hostname}: {type(error).__name__}") from None
    if not isinstance(found, dict):
        raise ProviderError(f"{parts.hostname}: no JSON object")
    return found


class KeySource:
    """The keys at an address, kept between calls.

    Args:
        url: of a JSON Web Key Set.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._keys: KeySet | None = None
        self._fetched = 0.0

    def read(self, token: str, algorithms: Collection[str]) -> dict[str, Any]:
        """Return the claims of a token whose signature is right; the claims are not judged.

        Raises:
            LoginError: it is no token, of another algorithm, or not signed by these keys.
            ProviderError: the keys cannot be had.
        """
        try:
            try:
                return self._decode(token, algorithms, again=False)
            except InvalidKeyIdError:
                return self._decode(token, algorithms, again=True)
        except (JoseError, ValueError) as error:
            raise LoginError(f"the token does not count: {_code(error)}") from None

    def _decode(self, token: str, algorithms: Collection[str], *, again: bool) -> dict[str, Any]:
        registry = JWSRegistry(algorithms=list(algorithms), strict_check_header=False)
        return dict(jwt.decode(token, self._key_set(again), registry=registry).claims)

    def _key_set(self, again: bool) -> KeySet:
        now = time.monotonic()
        if self._keys is None or (again and now - self._fetched > _AGAIN_SECONDS):
            found = fetch_json(self._url)
            try:
                self._keys = KeySet.import_key_set(found)  # type: ignore[arg-type]
            except (JoseError, ValueError, KeyError, TypeError) as error:
                raise ProviderError(f"no key set: {_code(error)}") from None
            self._fetched = now
        return self._keys


def _code(error: Exception) -> str:
    return str(getattr(error, "error", "")) or type(error).__name__
