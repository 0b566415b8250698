"""Posting over HTTP: to the address that was judged, no redirects, nothing of the answer kept."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException

from cdi.errors import DeliveryError
from cdi.interop.transport.addresses import Place

_SECONDS = 15.0
_GONE = 410
_MOST_READ = 65_536


def post(place: Place, address: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Post a message; return when the other side has taken it (2xx).

    Args:
        place: where; its name is what a certificate must be for.
        address: the numeric address to connect to, so that no second look-up leads elsewhere.
        body: what.
        headers: besides those of the protocol.

    Raises:
        DeliveryError: it was not taken; ``lasting`` where the other side says it never will be.
    """
    connection = HTTPConnection(place.host, place.port, timeout=_SECONDS)
    try:
        connection.sock = _connect(place, address)
        connection.request("POST", place.path, body, {"User-Agent": "cdi", **headers})
        response = connection.getresponse()
        response.read(_MOST_READ)
    except TimeoutError:
        raise DeliveryError("timeout") from None
    except ssl.SSLError:
        raise DeliveryError("tls") from None
    except (OSError, HTTPException) as error:
        raise DeliveryError(f"connection-{type(error).__name__.lower()}"[:80]) from None
    finally:
        connection.close()
    if not 200 <= response.status < 300:
        raise DeliveryError(f"http-{response.status}", lasting=response.status == _GONE)


def _connect(place: Place, address: str) -> socket.socket:
    plain = socket.create_connection((address, place.port), timeout=_SECONDS)
    if not place.secure:
        return plain
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=place.host)
    except BaseException:
        plain.close()
        raise
