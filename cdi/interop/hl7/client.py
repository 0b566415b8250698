"""Sending a message over MLLP and waiting for what the other side says."""

from __future__ import annotations

import asyncio

from cdi.errors import DeliveryError
from cdi.interop.hl7.framing import FrameError, frame, read_frame
from cdi.interop.hl7.message import Refusal, decode_message, parse_message

_SECONDS = 30.0
_LONGEST = 2**20


def send_message(host: str, port: int, message: str) -> None:
    """Send a message on a connection of its own; return when it was taken for good (AA, CA).

    Raises:
        DeliveryError: nobody listens, nobody answers, or the answer is AE or AR; ``lasting``
            where the message itself was refused.
    """
    code = asyncio.run(_converse(host, port, message.encode()))
    if code not in {"AA", "CA"}:
        raise DeliveryError(f"hl7-{code.lower()}"[:80], lasting=code in {"AR", "CR"})


async def _converse(host: str, port: int, message: bytes) -> str:
    try:
        async with asyncio.timeout(_SECONDS):
            reader, writer = await asyncio.open_connection(host, port, limit=_LONGEST)
            try:
                writer.write(frame(message))
                await writer.drain()
                answer = await read_frame(reader)
            finally:
                writer.close()
    except TimeoutError:
        raise DeliveryError("timeout") from None
    except FrameError:
        raise DeliveryError("hl7-unreadable-answer") from None
    except OSError as error:
        raise DeliveryError(f"connection-{type(error).__name__.lower()}"[:80]) from None
    if answer is None:
        raise DeliveryError("hl7-no-answer")
    return _code(answer)


def _code(answer: bytes) -> str:
    try:
        return parse_message(decode_message(answer)).first("MSA").text(1) or "none"
    except Refusal:
        raise DeliveryError("hl7-unreadable-answer") from None
