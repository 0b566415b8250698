"""The MLLP listener: reads frames and answers each one after it was taken, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor

from cdi.interop.hl7.framing import FrameCut, FrameError, frame, read_frame

Receive = Callable[[bytes], bytes]
"""Takes a message for good and returns the answer; raises if it could do neither."""

Report = Callable[[str], None]
"""Hears of what went wrong on a connection, in words without any content."""

LONGEST = 64 * 2**20
"""Bytes of the longest message that is taken."""

_PATIENCE = 10.0


class Listener:
    """Serves any number of connections; what fails on one costs the others nothing.

    Messages of one connection are taken one after the other, in the order sent: the next is read
    when the last was answered. If taking a message fails for a reason that is not the message's
    (the store is gone), the connection is closed without an answer and the sender repeats it.

    Args:
        receive: takes a message and returns its answer; runs in ``executor``.
        refuse: returns the answer to bytes that are no frame.
        executor: where ``receive`` runs, for it waits for the disk.
        report: hears of broken connections.
        longest: bytes of the longest message.
    """

    def __init__(
        self,
        receive: Receive,
        refuse: Callable[[str], bytes],
        executor: Executor,
        report: Report,
        longest: int = LONGEST,
    ) -> None:
        self._receive, self._refuse = receive, refuse
        self._executor, self._report, self._longest = executor, report, longest
        self._server: asyncio.Server | None = None
        self._busy: set[asyncio.Task[None]] = set()
        self._stopping = False

    async def start(self, host: str, port: int) -> int:
        """Begin to listen; return the port, which is a free one if 0 was asked for."""
        self._server = await asyncio.start_server(self._serve, host, port, limit=self._longest)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Take no new connections, let each finish the message it is at, then close all."""
        self._stopping = True
        if self._server is not None:
            self._server.close()
        tasks = set(self._busy)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_PATIENCE)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._busy.add(task)
        try:
            await self._converse(reader, writer)
        except asyncio.CancelledError:
            pass  # the end was asked for, between two messages
        except OSError as error:
            self._report(f"connection lost: {type(error).__name__}")
        except Exception as error:
            # Whatever it is, it may not end the other conversations; the type tells enough.
            self._report(f"message not taken, connection closed: {type(error).__name__}")
        finally:
            self._busy.discard(task)
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not self._stopping:
            try:
                message = await read_frame(reader)
            except FrameCut as error:
                self._report(f"no message: {error}")
                return
            except FrameError as error:
                answer = self._refuse(str(error))
                self._report(f"no message: {error}")
            else:
                if message is None:
                    return
                answer = await self._take(message)
            writer.write(frame(answer))
            await writer.drain()

    async def _take(self, message: bytes) -> bytes:
        """Take a message to the end, even if the listener is told to stop meanwhile."""
        taking = asyncio.get_running_loop().run_in_executor(self._executor, self._receive, message)
        try:
            return await asyncio.shield(taking)
        except asyncio.CancelledError:
            self._stopping = True
            return await taking
