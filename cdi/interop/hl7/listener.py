"""The MLLP listener: reads frames and answers each one after it was taken, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar

from cdi.interop.hl7.framing import FrameCut, FrameError, frame, read_frame

Receive = Callable[[Sequence[bytes]], list[bytes]]
"""Takes some messages for good, all or none, and returns the answer to each."""

Tell = Callable[[str], None]
"""Hears of what went wrong on a connection, in words without any content."""

LONGEST = 64 * 2**20
"""Bytes of the longest message that is taken."""

_MOST_AT_ONCE = 100
_PATIENCE = 10.0
_T = TypeVar("_T")


class _Waiting(NamedTuple):
    message: bytes
    answer: asyncio.Future[bytes]


class Listener:
    """Serves any number of connections; what fails on one costs the others nothing.

    Messages of one connection are taken one after the other, in the order sent: the next is read
    when the last was answered. What several connections sent meanwhile is taken together, so that
    one wait for the disk serves them all. If a message cannot be taken for a reason that is not
    its own (the store is gone), its connection is closed without an answer and the sender
    repeats it.

    Args:
        receive: takes messages and returns their answers; runs in a thread, for it waits.
        refuse: returns the answer to bytes that are no frame; runs in the same thread.
        tell: hears of broken connections.
        longest: bytes of the longest message.
    """

    def __init__(
        self,
        receive: Receive,
        refuse: Callable[[str], bytes],
        tell: Tell,
        longest: int = LONGEST,
    ) -> None:
        self._receive, self._refuse, self._tell = receive, refuse, tell
        self._longest = longest
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="inbox")
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue()
        self._talks: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._server: asyncio.Server | None = None
        self._taker: asyncio.Task[None] | None = None

    async def start(self, host: str, port: int) -> int:
        """Begin to listen; return the port, which is a free one if 0 was asked for.

        Raises:
            OSError: the address is taken or not this machine's.
        """
        self._server = await asyncio.start_server(self._serve, host, port, limit=self._longest)
        self._taker = asyncio.create_task(self._take_all())
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Take no new connections, answer what was read, then close all."""
        self._stopping = True
        if self._server is not None:
            self._server.close()
        talks = set(self._talks)
        for talk in talks:
            talk.cancel()
        if talks:
            await asyncio.wait(talks, timeout=_PATIENCE)
        if self._taker is not None:
            self._taker.cancel()
        self._thread.shutdown()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.current_task()
        assert talk is not None
        self._talks.add(talk)
        try:
            await self._converse(reader, writer)
        except asyncio.CancelledError:
            pass  # the end was asked for, between two messages
        except OSError as error:
            self._tell(f"connection lost: {type(error).__name__}")
        except Exception as error:
            # Whatever it is, it may not end the other conversations; the type tells enough.
            self._tell(f"message not taken, connection closed: {type(error).__name__}")
        finally:
            self._talks.discard(talk)
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not self._stopping:
            try:
                message = await read_frame(reader)
            except FrameCut as error:
                self._tell(f"no message: {error}")
                return
            except FrameError as error:
                self._tell(f"no message: {error}")
                answer = await self._in_thread(self._refuse, str(error))
            else:
                if message is None:
                    return
                answer = await self._take(message)
            writer.write(frame(answer))
            await writer.drain()

    async def _take(self, message: bytes) -> bytes:
        """Wait until a message was taken, even if the listener is told to stop meanwhile."""
        waiting = _Waiting(message, asyncio.get_running_loop().create_future())
        self._queue.put_nowait(waiting)
        try:
            return await asyncio.shield(waiting.answer)
        except asyncio.CancelledError:
            return await waiting.answer

    async def _take_all(self) -> None:
        while True:
            batch = [await self._queue.get()]
            size = len(batch[0].message)
            while not self._queue.empty() and len(batch) < _MOST_AT_ONCE and size < self._longest:
                batch.append(self._queue.get_nowait())
                size += len(batch[-1].message)
            try:
                await self._answer(batch)
            except Exception:
                # One of them may be the reason: alone, it fails alone.
                for waiting in batch:
                    await self._answer_alone(waiting)

    async def _answer(self, batch: list[_Waiting]) -> None:
        answers = await self._in_thread(self._receive, [waiting.message for waiting in batch])
        for waiting, answer in zip(batch, answers, strict=True):
            if not waiting.answer.done():
                waiting.answer.set_result(answer)

    async def _answer_alone(self, waiting: _Waiting) -> None:
        try:
            await self._answer([waiting])
        except Exception as error:
            if not waiting.answer.done():
                waiting.answer.set_exception(error)

    async def _in_thread(self, call: Callable[..., _T], argument: object) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call, argument)
