"""Where a demonstration lives: a folder with its store and with keys made for it alone."""

from __future__ import annotations

import base64
import os
import secrets
import shlex
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from cdi.settings import Settings
from cdi.storage.opening import make_audit_key


@dataclass(frozen=True)
class DemoFolder:
    """The files of a demonstration.

    Attributes:
        path: the folder; made when something is put into it.
    """

    path: Path

    @property
    def store(self) -> Path:
        """The embedded store."""
        return self.path / "desk.sqlite3"

    @property
    def unfinished(self) -> Path:
        """The store while it is loaded, so that one that was interrupted is never served."""
        return self.path / "loading.sqlite3"

    @property
    def environment(self) -> Path:
        """The settings as a shell reads them, for other commands."""
        return self.path / "demo.env"

    def settings(self, store: Path) -> Settings:
        """Return the settings of the demonstration; its keys are made where they are missing."""
        self.path.mkdir(parents=True, exist_ok=True)
        audit = self.path / "audit.key"
        make_audit_key(audit)
        return Settings(
            database_url=SecretStr(f"sqlite:///{store}"),
            audit_key_file=audit,
            encryption_keys=SecretStr(_encryption_key(self.path / "encryption.key")),
        )

    def begin(self) -> None:
        """Remove what an interrupted load has left."""
        _remove(self.unfinished)

    def finish(self) -> None:
        """Put the loaded store into its place and write its settings down."""
        self.unfinished.replace(self.store)
        settings = self.settings(self.store)
        values = {
            "CDI_DATABASE_URL": f"sqlite:///{self.store.absolute()}",
            "CDI_AUDIT_KEY_FILE": str(settings.audit_key_file.absolute()),
            "CDI_ENCRYPTION_KEYS": settings.encryption_keys.get_secret_value(),
        }
        lines = [f"export {name}={shlex.quote(value)}\n" for name, value in values.items()]
        _write_private(self.environment, "".join(lines))

    def discard(self) -> None:
        """Remove the store; the keys stay."""
        _remove(self.store)


def _remove(store: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        store.with_name(store.name + suffix).unlink(missing_ok=True)


def _encryption_key(path: Path) -> str:
    """Return the key in a file, as ``id:base64``; make it where there is none."""
    if not path.exists():
        key = base64.b64encode(secrets.token_bytes(32)).decode()
        _write_private(path, f"demo:{key}\n")
    return path.read_text(encoding="ascii").strip()


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
