"""MLLP frames: VT, the message, FS CR (HL7 v2 transport specification, appendix C)."""

from __future__ import annotations

from asyncio import IncompleteReadError, LimitOverrunError, StreamReader

_START, _END = b"\x0b", b"\x1c\r"


class FrameError(ValueError):
    """Bytes that are no frame; the connection can go on with the next one."""


class FrameCut(FrameError):
    """The connection ended within a frame: nobody is left to be answered."""


def frame(message: bytes) -> bytes:
    """Return a message in a frame."""
    return _START + message + _END


async def read_frame(reader: StreamReader) -> bytes | None:
    """Return the next message, or None where the connection ends between messages.

    Raises:
        FrameCut: the connection ended within a message.
        FrameError: what stands there is no frame, or is longer than the reader's limit.
    """
    try:
        block = await reader.readuntil(_END)
    except IncompleteReadError as error:
        if not error.partial.strip():
            return None
        raise FrameCut("the connection ended within a message") from None
    except LimitOverrunError:
        await _skip(reader)
        raise FrameError("longer than this listener takes") from None
    _, start, message = block[: -len(_END)].partition(_START)
    if not start:
        raise FrameError("the start of the frame (VT) is missing")
    return message


async def _skip(reader: StreamReader) -> None:
    """Read away the rest of a frame that is too long, keeping none of it."""
    while True:
        try:
            await reader.readuntil(_END)
            return
        except LimitOverrunError as error:
            seen = error.consumed
        except IncompleteReadError:
            return
        # What is left may begin with the first half of the end mark.
        await reader.readexactly(seen)
