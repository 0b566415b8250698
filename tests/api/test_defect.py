"""What a real server says when a request meets a defect."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

# The server, one request to it, and what came back; the marker stands for words of a chart.
SCRIPT = """
import socket, threading, time
from urllib.error import HTTPError
from urllib.request import urlopen
import uvicorn
from cdi.app import create_app

def fail():
    raise ValueError("Zzyzx has heart failure")

app = create_app(None, None)
app.add_api_route("/fail", fail)
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
config = uvicorn.Config(app, access_log=False, server_header=False, log_level="warning")
server = uvicorn.Server(config)
thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
thread.start()
while not server.started:
    time.sleep(0.05)
try:
    urlopen(f"http://127.0.0.1:{listener.getsockname()[1]}/fail")
except HTTPError as answer:
    print(answer.code, answer.headers["cache-control"], answer.read().decode())
server.should_exit = True
thread.join()
"""


@pytest.mark.enable_socket
def test_a_server_tells_a_defect_by_its_id_and_quotes_nothing(project: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, "PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
        check=True,
    )
    status, cached, body = done.stdout.split(" ", 2)
    assert (status, cached) == ("500", "no-store")
    assert '"type":"cdi:defect"' in body
    assert "'event': 'defect'" in done.stderr
    assert "'error': 'ValueError'" in done.stderr
    assert "Zzyzx" not in done.stdout + done.stderr
