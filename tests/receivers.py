"""The other side of deliveries: a real web server, mail server and MLLP listener."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller

from cdi.interop.hl7 import acknowledge
from cdi.interop.hl7.listener import Listener

# What webhooks to this machine take.
LOOPBACK = "127.0.0.0/8"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@dataclass
class WebReceiver:
    """Takes what is posted; answers the statuses given, in turn, and then 204."""

    port: int = 0
    statuses: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    taken: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?of=cdi"


@contextmanager
def web_receiver(*statuses: int, port: int = 0) -> Iterator[WebReceiver]:
    receiver = WebReceiver(statuses=list(statuses))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told = {name.lower(): value for name, value in self.headers.items()}
            receiver.taken.append((self.path, told, body))
            self.send_response(receiver.statuses.pop(0) if receiver.statuses else 204)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    receiver.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class MailReceiver:
    """Takes e-mail; refuses recipients with the reply given, if any."""

    refusal: str = ""
    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802  (named by aiosmtpd)
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  (named by aiosmtpd)
        self, _server: Any, _session: Any, envelope: Any
    ) -> str:
        self.taken.append(BytesParser(policy=default).parsebytes(envelope.content))
        return "250 OK"


@contextmanager
def mail_receiver(refusal: str = "") -> Iterator[MailReceiver]:
    receiver = MailReceiver(refusal)
    receiver.port = free_port()
    controller = Controller(receiver, hostname="127.0.0.1", port=receiver.port)
    controller.start()
    try:
        yield receiver
    finally:
        controller.stop()


@dataclass
class Hl7Receiver:
    """Takes messages as the product's own listener does; answers the codes given, then AA."""

    codes: list[str] = field(default_factory=list)
    port: int = 0
    taken: list[str] = field(default_factory=list)

    def receive(self, messages: Any) -> list[bytes]:
        answers = []
        for message in messages:
            text = message.decode()
            self.taken.append(text)
            code = self.codes.pop(0) if self.codes else "AA"
            answers.append(acknowledge(text, code, datetime.now(UTC), "answer").encode())
        return answers


@contextmanager
def hl7_receiver(*codes: str) -> Iterator[Hl7Receiver]:
    receiver = Hl7Receiver(list(codes))
    loop = asyncio.new_event_loop()
    listener = Listener(receiver.receive, lambda _: b"", lambda _: None)
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        started = asyncio.run_coroutine_threadsafe(listener.start("127.0.0.1", 0), loop)
        receiver.port = started.result(10)
        yield receiver
    finally:
        asyncio.run_coroutine_threadsafe(listener.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
