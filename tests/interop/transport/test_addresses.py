"""Where a webhook may go: public addresses by TLS, and networks that a site allows for."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from cdi.errors import DeliveryError, InputError, SettingError
from cdi.interop.transport.addresses import parse_place, reachable


def resolve_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    def found(*_: Any, **__: Any) -> list[Any]:
        return [(0, 0, 0, "", (address, 443)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", found)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::1",
    ],
)
def test_addresses_of_the_own_network_are_refused_in_every_spelling(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    resolve_to(monkeypatch, address)
    with pytest.raises(DeliveryError, match="address-not-allowed") as refused:
        reachable(parse_place("https://hook.test/"))
    assert refused.value.lasting


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822"])
def test_public_addresses_are_called_and_the_one_judged_is_returned(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    resolve_to(monkeypatch, address)
    assert reachable(parse_place("https://hook.test/")) == address


def test_one_private_address_among_public_ones_is_enough_to_refuse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolve_to(monkeypatch, "93.184.216.34", "10.0.0.1")
    with pytest.raises(DeliveryError, match="address-not-allowed"):
        reachable(parse_place("https://hook.test/"))


def test_without_tls_only_networks_that_are_allowed_for_are_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolve_to(monkeypatch, "93.184.216.34")
    with pytest.raises(DeliveryError, match="address-not-allowed"):
        reachable(parse_place("http://hook.test/"))
    resolve_to(monkeypatch, "10.20.3.4")
    assert reachable(parse_place("http://hook.test/"), "127.0.0.1/32, 10.20.0.0/16") == "10.20.3.4"
    with pytest.raises(SettingError, match="webhook_networks"):
        reachable(parse_place("http://hook.test/"), "10.20")


def test_an_address_is_taken_apart() -> None:
    place = parse_place("https://Hook.Example.org:8443/a/b?c=d")
    assert place == (True, "hook.example.org", 8443, "/a/b?c=d")
    assert parse_place("http://hook.example.org") == (False, "hook.example.org", 80, "/")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://hook.example.org/",
        "file:///etc/passwd",
        "https://",
        "https://user:secret@hook.example.org/",
        "https://hook.example.org:99999/",
        "https://hook.example.org/\r\nHost: other",
        "https://hook.example.org/ü",
        "hook.example.org",
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(InputError, match="address"):
        parse_place(url)
