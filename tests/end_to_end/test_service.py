"""From an empty machine to a first login, by the commands an operator types."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

PASSWORD = "correct horse battery"


@pytest.fixture
def environment(tmp_path: Path, project: Path) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": str(project),
        "CDI_DATABASE_URL": f"sqlite:///{tmp_path / 'desk.sqlite3'}",
        "CDI_AUDIT_KEY_FILE": str(tmp_path / "audit.key"),
    }


def _run(environment: dict[str, str], *words: str, given: str = "") -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "cdi", *words],
        env=environment,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def _add_sam(environment: dict[str, str]) -> tuple[int, str]:
    words = ["user", "add", "sam", "--name", "Sam", "--facility", "general"]
    words += ["--role", "specialist", "--password-stdin"]
    return _run(environment, *words, given=PASSWORD + "\n")


@pytest.mark.enable_socket
def test_an_operator_starts_the_service_and_a_user_logs_in(environment: dict[str, str]) -> None:
    assert _run(environment, "db", "upgrade")[0] == 0
    code, said = _add_sam(environment)
    assert (code, "there is no such facility" in said) == (2, True)
    assert _run(environment, "facility", "add", "general", "General Hospital")[0] == 0
    assert _add_sam(environment)[0] == 0
    code, said = _add_sam(environment)
    assert (code, "already there" in said) == (2, True)
    with _served(environment) as address:
        with urlopen(f"{address}/ready") as answer:
            assert json.load(answer) == {"status": "ready"}
        token = _post(f"{address}/api/session", {"login": "sam", "password": PASSWORD})["token"]
        request = Request(f"{address}/api/session", headers={"Authorization": f"Bearer {token}"})
        with urlopen(request) as answer:
            assert json.load(answer)["name"] == "Sam"
        with pytest.raises(HTTPError) as refused:
            urlopen(f"{address}/api/findings")
        assert refused.value.code == 401
        refused.value.close()
    code, said = _run(environment, "audit", "verify")
    assert code == 0, said


def test_a_database_without_tables_is_not_served(environment: dict[str, str]) -> None:
    key = Path(environment["CDI_AUDIT_KEY_FILE"])
    key.write_text("ab" * 32, encoding="ascii")
    code, said = _run(environment, "serve", "--port", "1")
    assert code == 2
    assert "cdi db upgrade" in said


@contextmanager
def _served(environment: dict[str, str]) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "cdi", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            assert process.poll() is None
            try:
                with urlopen(f"{address}/health"):
                    break
            except OSError:
                time.sleep(0.3)
        yield address
    finally:
        process.terminate()
        process.wait()


def _post(address: str, body: dict[str, str]) -> dict[str, str]:
    data = json.dumps(body).encode()
    request = Request(address, data, {"Content-Type": "application/json"})
    with urlopen(request) as answer:
        told: dict[str, str] = json.load(answer)
    return told
