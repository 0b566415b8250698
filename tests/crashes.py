"""A real server and worker that are killed, and a client that repeats what was not answered."""

from __future__ import annotations

import gzip
import json
import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import crash_site
from commands import Command, site_environment
from receivers import free_port

from cdi import resources

_PATIENCE = 300.0
_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(["crash_site"])
# The process that all are forked from finds its modules by this alone.
_TESTS = Path(__file__).parent
os.environ["PYTHONPATH"] = os.pathsep.join([str(_TESTS.parent), str(_TESTS)])


class Process(Protocol):
    """``cdi serve`` or ``cdi worker`` over one database, killed and started again."""

    def start(self) -> None: ...
    def kill(self) -> None: ...
    def stop(self) -> object: ...


class Forked:
    """A command in a process that need not read the rules again; else as :class:`Command`."""

    def __init__(self, folder: Path, environment: dict[str, str], *words: str) -> None:
        self._arguments = (folder / f"{words[0]}.log", environment, *words)
        self._process: ForkServerProcess | None = None

    def start(self) -> None:
        self._process = _FORKING.Process(target=crash_site.run, args=self._arguments)
        self._process.start()

    def kill(self) -> None:
        """End it as a power cut would: nothing is finished."""
        process = self._process
        assert process is not None
        assert process.is_alive(), self._arguments[0].read_text(encoding="utf-8")
        process.kill()
        process.join(60)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.join(60)
            self._process.close()


@dataclass
class Client:
    """Repeats each request, under its key, until it is answered; counts what it repeated."""

    port: int
    repeated: int = 0

    def call(
        self, method: str, path: str, token: str, body: object = None, **headers: str
    ) -> dict[str, Any]:
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                return self.once(method, path, token, body, **headers)
            except HTTPError as error:
                told = error.read().decode()
                error.close()
                # A database that is busy for too long says so, and is asked again.
                if error.code != 503 or time.monotonic() > until:
                    raise AssertionError(f"{method} {path}: {error.code} {told}") from None
            # Killed before the answer, or in the middle of it.
            except (OSError, HTTPException):
                if time.monotonic() > until:
                    raise
            self.repeated += 1
            time.sleep(0.05)

    def once(
        self, method: str, path: str, token: str, body: object = None, **headers: str
    ) -> dict[str, Any]:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            given["Authorization"] = f"Bearer {token}"
        data = None
        if body is not None:
            data, given["Content-Type"] = json.dumps(body).encode(), "application/json"
        request = Request(f"http://127.0.0.1:{self.port}{path}", data, given, method=method)
        with urlopen(request, timeout=30) as answer:
            told: dict[str, Any] = json.load(answer)
        return told

    def log_in(self, login: str, password: str) -> str:
        body = {"login": login, "password": password}
        return str(self.call("POST", "/api/session", "", body)["token"])


@dataclass
class Load:
    """Work that goes on while processes die: each piece is done once, in order."""

    pieces: Sequence[Callable[[], None]]
    done: int = 0
    _failed: list[BaseException] = field(default_factory=list)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def wait_for(self, count: int) -> None:
        """Wait until so many more pieces are done."""
        wanted = min(self.done + count, len(self.pieces))
        until = time.monotonic() + _PATIENCE
        while self.done < wanted and not self._failed:
            assert time.monotonic() < until, "the load stands still"
            time.sleep(0.01)
        self._tell()

    def finish(self) -> None:
        assert self._thread is not None
        self._thread.join()
        self._tell()

    @property
    def is_over(self) -> bool:
        return self.done == len(self.pieces)

    def _run(self) -> None:
        try:
            for piece in self.pieces:
                piece()
                self.done += 1
        except BaseException as error:
            self._failed.append(error)

    def _tell(self) -> None:
        if self._failed:
            raise self._failed[0]


def make_processes(
    url: str, folder: Path, *, forked: bool = True
) -> tuple[Process, Process, Client]:
    """Return a server and a worker that are not started yet, and a client of the server.

    Args:
        url: their database.
        folder: for their logs and keys.
        forked: whether they are spared what a start takes; else they start as an operator's do.
    """
    kind: type[Forked | Command] = Forked if forked else Command
    environment = site_environment(url, folder, models_dir=str(_with_few_codes(folder)))
    port = free_port()
    server = kind(folder, environment, "serve", "--port", str(port))
    return server, kind(folder, environment, "worker"), Client(port)


def _with_few_codes(folder: Path) -> Path:
    """Return a folder with the installed rules and the beginning of the list of codes."""
    made = folder / "models"
    (made / "codes").mkdir(parents=True)
    for path in resources.models().iterdir():
        if path.name != "codes":
            (made / path.name).symlink_to(path)
    for path in (resources.models() / "codes").iterdir():
        if path.suffix == ".gz":
            lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)[:100]
            (made / "codes" / path.name).write_bytes(gzip.compress(b"".join(lines)))
        else:
            (made / "codes" / path.name).symlink_to(path)
    return made
