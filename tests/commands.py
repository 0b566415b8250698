"""``cdi serve`` and ``cdi worker`` as an operator starts them, over the database of a test."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

from databases import AUDIT_KEY, VAULT
from receivers import LOOPBACK

_PROJECT = Path(__file__).parent.parent
_PATIENCE = 240


class Command:
    """One command of a site, stopped and started again."""

    def __init__(self, folder: Path, environment: dict[str, str], *words: str) -> None:
        self._folder, self._environment, self._words = folder, environment, words
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self._folder / f"{self._words[0]}.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "cdi", *self._words],
                cwd=self._folder,
                env=self._environment,
                stdout=log,
                stderr=log,
            )

    def stop(self) -> int:
        """End it as an operator would (SIGTERM); return its exit code."""
        if self._process is None:
            return 0
        self._process.terminate()
        return self._process.wait(_PATIENCE)

    def kill(self) -> None:
        """End it as a power cut would (SIGKILL): nothing is finished."""
        process = self._process
        assert process is not None
        assert process.poll() is None, self.said()
        process.kill()
        process.wait(_PATIENCE)

    def said(self) -> str:
        return (self._folder / f"{self._words[0]}.log").read_text(encoding="utf-8")


def site_environment(url: str, folder: Path, **changes: str) -> dict[str, str]:
    """Return the environment of a site over a database of the tests, with ``CDI_*`` changes."""
    key = folder / "audit.key"
    key.write_text(AUDIT_KEY.hex(), encoding="ascii")
    sealing = base64.b64encode(VAULT.keys[VAULT.current]).decode()
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("CDI_")},
        "PYTHONPATH": str(_PROJECT),
        "CDI_DATABASE_URL": url,
        "CDI_AUDIT_KEY_FILE": str(key),
        "CDI_ENCRYPTION_KEYS": f"{VAULT.current}:{sealing}",
        "CDI_WEBHOOK_NETWORKS": LOOPBACK,
        "CDI_LEASE_SECONDS": "2",
        **{f"CDI_{name.upper()}": value for name, value in changes.items()},
    }
