"""Opening the store that the settings name."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cdi.errors import SettingError
from cdi.settings import Settings
from cdi.storage.engine import make_engine
from cdi.storage.store import Store
from cdi.storage.vault import parse_keys

_KEY_BYTES = 32


def open_store(settings: Settings, *, pool_size: int = 5, flush: bool = False) -> Store:
    """Return the store of the settings; ``flush`` as in :func:`~cdi.storage.engine.make_engine`.

    Raises:
        SettingError: the URL, the audit key or an encryption key is missing or unusable.
    """
    key = read_audit_key(settings.audit_key_file)
    vault = parse_keys(settings.encryption_keys.get_secret_value())
    url = settings.database_url.get_secret_value()
    engine = make_engine(url, pool_size=pool_size, flush=flush)
    return Store(engine, key, vault)


def read_audit_key(path: Path) -> bytes:
    """Return the key in a file.

    Raises:
        SettingError: there is no such file or it holds no key of 32 bytes or more.
    """
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        raise SettingError(
            f"audit_key_file: {path} does not exist; cdi db upgrade makes it"
        ) from None
    except (OSError, ValueError):
        raise SettingError(f"audit_key_file: {path} cannot be read as hexadecimal") from None
    if len(key) < _KEY_BYTES:
        raise SettingError(f"audit_key_file: {path} holds fewer than {_KEY_BYTES} bytes")
    return key


def make_audit_key(path: Path) -> bool:
    """Make a key file that only its owner can read, unless it exists; tell whether it was made."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(_KEY_BYTES) + "\n")
    return True
