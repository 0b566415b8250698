"""``cdi serve-mllp`` as a process of its own, for tests that stop or kill it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from databases import AUDIT_KEY


class Service:
    """The listener over a database; started again it listens at another free port."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url, self._key, self._log = url, folder / "audit.key", folder / "listener.log"
        self._key.write_text(AUDIT_KEY.hex())
        self._process: subprocess.Popen[str] | None = None
        self.port = 0

    def start(self) -> None:
        environment = {
            **os.environ,
            "CDI_DATABASE_URL": self._url,
            "CDI_AUDIT_KEY_FILE": str(self._key),
        }
        command = [sys.executable, "-m", "cdi", "serve-mllp", "--port", "0"]
        self._process = subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, env=environment, cwd=Path.cwd()
        )
        assert self._process.stderr is not None
        line = self._process.stderr.readline()
        assert line.startswith("listening at 127.0.0.1:"), line
        self.port = int(line.rpartition(":")[2])

    def kill(self) -> None:
        """End it as a crash would: nothing is finished or flushed."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask it to stop; return its exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> int:
        if self._process is None:
            return 0
        process, self._process = self._process, None
        process.send_signal(number)
        code = process.wait(timeout=30)
        if process.stderr is not None:
            process.stderr.close()
        return code
