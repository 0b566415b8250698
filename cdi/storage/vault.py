"""Encryption of single fields: AES-256-GCM, bound to their place, with keys that can rotate.

A sealed field is ``0x01, length of key id, key id, nonce (12), ciphertext and tag``; a plain one
``0x00, UTF-8``. The place ``table:row:column`` is authenticated with the text, so that a value
copied into another row does not open. NIST SP 800-38D.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cdi.errors import SettingError, StorageError

PLAIN, SEALED = b"\x00", b"\x01"
_NONCE = 12
_KEY = 32


@dataclass(frozen=True)
class Vault:
    """The keys by id; ``current`` seals, all of them open. Without keys nothing is sealed."""

    keys: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    current: str = ""

    def seal(self, plain: bytes, place: str) -> bytes:
        """Return a plain field (with its tag) as it is to be stored."""
        if not self.current or not plain.startswith(PLAIN):
            return plain
        nonce = secrets.token_bytes(_NONCE)
        cipher = AESGCM(self.keys[self.current])
        name = self.current.encode()
        sealed = cipher.encrypt(nonce, plain[1:], place.encode())
        return SEALED + bytes((len(name),)) + name + nonce + sealed

    def open(self, stored: bytes, place: str) -> str:
        """Return the text of a stored field.

        Raises:
            StorageError: its key is not configured, or it was altered or moved.
        """
        if stored.startswith(PLAIN):
            return stored[1:].decode()
        name, start = self.key_id(stored), 2 + stored[1]
        if name not in self.keys:
            raise StorageError(f"{place}: sealed with key {name!r}, which is not configured")
        nonce, sealed = stored[start : start + _NONCE], stored[start + _NONCE :]
        try:
            return AESGCM(self.keys[name]).decrypt(nonce, sealed, place.encode()).decode()
        except InvalidTag:
            raise StorageError(f"{place}: altered, moved or sealed with another key") from None

    def is_current(self, stored: bytes) -> bool:
        """Tell whether a field is stored as it would be today."""
        return self.key_id(stored) == self.current

    @staticmethod
    def key_id(stored: bytes) -> str:
        """Return the id of the key that sealed a field, "" for a plain one."""
        return stored[2 : 2 + stored[1]].decode() if stored.startswith(SEALED) else ""


def plain(text: str) -> bytes:
    """Return a text as a plain field."""
    return PLAIN + text.encode()


def parse_keys(setting: str) -> Vault:
    """Return the vault of a setting ``id:base64[,id:base64…]``; the first key is current.

    Raises:
        SettingError: an entry is not of that form or a key has not 32 bytes; keys are not shown.
    """
    keys: dict[str, bytes] = {}
    for number, entry in enumerate(filter(None, setting.replace(" ", "").split(",")), 1):
        name, colon, encoded = entry.partition(":")
        if not colon or not 0 < len(name.encode()) < 256 or name in keys:
            raise SettingError(f"encryption_keys: entry {number} is not a new id:base64")
        try:
            keys[name] = base64.b64decode(encoded, validate=True)
        except ValueError:
            raise SettingError(f"encryption_keys: key {name!r} is not base64") from None
        if len(keys[name]) != _KEY:
            raise SettingError(f"encryption_keys: key {name!r} has not {_KEY} bytes")
    return Vault(keys, next(iter(keys), ""))
