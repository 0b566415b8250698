"""Where a message may go: addresses that somebody typed must not lead into the own network.

A webhook is an address that an administrator chose and that this machine then calls. Left alone it
would reach whatever this machine reaches: metadata services, databases, other people's consoles
(OWASP: server-side request forgery). The name is therefore resolved here, every address it has is
judged, and the connection goes to the address that was judged.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import urlsplit

from cdi.errors import DeliveryError, InputError, SettingError

_NAT64 = IPv6Network("64:ff9b::/96")


class Place(NamedTuple):
    """A web address taken apart."""

    secure: bool
    host: str
    port: int
    path: str


def parse_place(url: str) -> Place:
    """Return the parts of an ``https`` or ``http`` address.

    Raises:
        InputError: it is no such address, or holds a user name.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise InputError("not an address", field="address") from None
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise InputError("expected an address such as https://example.org/hook", field="address")
    if parts.username or parts.password:
        raise InputError("must not hold a user name or password", field="address")
    if not url.isascii() or any(character.isspace() for character in url):
        raise InputError("must not hold blanks or letters beyond ASCII", field="address")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    secure = parts.scheme == "https"
    return Place(secure, parts.hostname, port or (443 if secure else 80), path)


def reachable(place: Place, allowed: str = "") -> str:
    """Return the numeric address to connect to.

    Args:
        place: where the message is to go.
        allowed: networks that may be called although they are not public, and without TLS
            ("10.20.0.0/16,127.0.0.1/32").

    Raises:
        DeliveryError: the name is unknown, or one of its addresses is not public.
    """
    try:
        found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):  # a label may be too long to be asked for
        raise DeliveryError("unknown-host") from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not addresses or not _may_call(addresses, place.secure, allowed):
        raise DeliveryError("address-not-allowed", lasting=True)
    return addresses[0]


def _may_call(addresses: Iterable[str], secure: bool, allowed: str) -> bool:
    try:
        networks = [ip_network(part.strip()) for part in allowed.split(",") if part.strip()]
    except ValueError:
        raise SettingError("webhook_networks: expected networks such as 10.20.0.0/16") from None
    judged = [ip_address(address.partition("%")[0]) for address in addresses]
    inside = [any(address in network for network in networks) for address in judged]
    return all(
        own or (secure and _is_public(address)) for own, address in zip(inside, judged, strict=True)
    )


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        embedded = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            embedded = IPv4Address(int(address) & 0xFFFFFFFF)
        if embedded is not None:
            return _is_public(embedded)
    return address.is_global and not address.is_multicast
