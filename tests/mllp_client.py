"""A sender as hospitals have them: one message at a time, repeated until it is answered."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence

from cdi.interop.hl7.framing import frame, read_frame

PATIENCE = 60.0


class Sender:
    """Sends messages over one connection after the other; keeps the last answer to each."""

    def __init__(self, port: Callable[[], int]) -> None:
        self._port = port
        self.answers: dict[bytes, bytes] = {}

    async def send_all(self, messages: Sequence[bytes]) -> None:
        waiting = list(reversed(messages))
        while waiting:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await self._converse(waiting)
            if waiting:
                await asyncio.sleep(0.1)  # the listener is down: try again

    async def _converse(self, waiting: list[bytes]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port())
        try:
            while waiting:
                writer.write(frame(waiting[-1]))
                await writer.drain()
                async with asyncio.timeout(PATIENCE):
                    answer = await read_frame(reader)
                if answer is None:
                    return  # closed without an answer: the message is sent again
                self.answers[waiting.pop()] = answer
        finally:
            writer.close()


def answer_code(answer: bytes) -> str:
    """Return MSA-1."""
    return answer.split(b"\rMSA|")[1].split(b"|")[0].decode()


def answer_reason(answer: bytes) -> str:
    """Return MSA-3."""
    return answer.split(b"\rMSA|")[1].split(b"\r")[0].split(b"|")[2].decode()
