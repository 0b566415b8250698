"""The MLLP listener over loopback, with a receiver that remembers."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence

import pytest

from cdi.interop.hl7.framing import frame, read_frame
from cdi.interop.hl7.listener import Listener

pytestmark = pytest.mark.enable_socket


class Remembering:
    """Takes every message, except those that begin with "fail"."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.told: list[str] = []
        self.gate = threading.Event()
        self.gate.set()

    def receive(self, messages: Sequence[bytes]) -> list[bytes]:
        self.gate.wait(10)
        if any(message.startswith(b"fail") for message in messages):
            raise RuntimeError("the store is gone")
        self.taken += messages
        return [b"took " + message[:20] for message in messages]

    def refuse(self, reason: str) -> bytes:
        return b"refused: " + reason.encode()


Talk = Callable[[Listener, int, Remembering], Awaitable[None]]


def run(talk: Talk, longest: int = 1000) -> Remembering:
    memory = Remembering()

    async def served() -> None:
        listener = Listener(memory.receive, memory.refuse, memory.told.append, longest)
        port = await listener.start("127.0.0.1", 0)
        try:
            await talk(listener, port, memory)
        finally:
            memory.gate.set()
            await listener.stop()

    asyncio.run(served())
    return memory


async def ask(port: int, *blocks: bytes) -> list[bytes | None]:
    """Send bytes as they are, one block after the other's answer; None: closed unanswered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answers = []
    for block in blocks:
        writer.write(block)
        await writer.drain()
        answers.append(await asyncio.wait_for(read_frame(reader), 10))
    writer.close()
    return answers


def test_each_message_of_a_connection_is_answered_in_turn() -> None:
    async def talk(_: Listener, port: int, __: Remembering) -> None:
        assert await ask(port, frame(b"one"), frame(b"two")) == [b"took one", b"took two"]

    assert run(talk).taken == [b"one", b"two"]


def test_two_messages_in_one_piece_are_two_messages() -> None:
    async def talk(_: Listener, port: int, __: Remembering) -> None:
        answers = await ask(port, frame(b"one") + frame(b"two"), b"")
        assert answers == [b"took one", b"took two"]

    assert run(talk).taken == [b"one", b"two"]


def test_a_message_of_many_megabytes_is_taken() -> None:
    large = b"x" * (12 * 2**20)

    async def talk(_: Listener, port: int, __: Remembering) -> None:
        assert await ask(port, frame(large)) == [b"took " + large[:20]]

    assert [len(message) for message in run(talk, longest=2**24).taken] == [len(large)]


def test_a_message_longer_than_allowed_is_refused_and_the_next_one_taken() -> None:
    async def talk(_: Listener, port: int, __: Remembering) -> None:
        answers = await ask(port, frame(b"x" * 5000), frame(b"next"))
        assert answers == [b"refused: longer than this listener takes", b"took next"]

    assert run(talk).taken == [b"next"]


def test_bytes_without_a_frame_are_refused_and_the_next_message_taken() -> None:
    async def talk(_: Listener, port: int, __: Remembering) -> None:
        answers = await ask(port, b"GET / HTTP/1.1\x1c\r", frame(b"next"))
        assert answers == [b"refused: the start of the frame (VT) is missing", b"took next"]

    assert run(talk).taken == [b"next"]


def test_a_connection_cut_within_a_message_takes_nothing() -> None:
    async def talk(_: Listener, port: int, __: Remembering) -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"\x0bhalf a mess")
        await writer.drain()
        writer.close()
        assert await ask(port, frame(b"whole")) == [b"took whole"]

    memory = run(talk)
    assert memory.taken == [b"whole"]
    assert memory.told == ["no message: the connection ended within a message"]


def test_what_cannot_be_taken_is_not_answered_and_costs_the_others_nothing() -> None:
    async def talk(_: Listener, port: int, memory: Remembering) -> None:
        memory.gate.clear()  # let them all wait for the same turn
        asking = [asyncio.create_task(ask(port, frame(block))) for block in (b"a", b"fail", b"b")]
        await asyncio.sleep(0.2)
        memory.gate.set()
        assert await asyncio.gather(*asking) == [[b"took a"], [None], [b"took b"]]

    memory = run(talk)
    assert sorted(memory.taken) == [b"a", b"b"]
    assert memory.told == ["message not taken, connection closed: RuntimeError"]


def test_messages_that_wait_together_are_taken_together() -> None:
    turns: list[int] = []

    async def talk(_: Listener, port: int, memory: Remembering) -> None:
        memory.gate.clear()
        asking = [asyncio.create_task(ask(port, frame(b"%d" % n))) for n in range(8)]
        await asyncio.sleep(0.3)
        assert memory.taken == []
        memory.gate.set()
        await asyncio.gather(*asking)
        turns.append(len(memory.taken))

    assert len(run(talk).taken) == 8
    assert turns == [8]


def test_stopping_answers_what_was_read_and_closes_the_rest() -> None:
    async def talk(listener: Listener, port: int, memory: Remembering) -> None:
        memory.gate.clear()
        asking = asyncio.create_task(ask(port, frame(b"last")))
        idle_reader, idle_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.sleep(0.2)
        stopping = asyncio.create_task(listener.stop())
        await asyncio.sleep(0.1)
        memory.gate.set()
        await stopping
        assert await asking == [b"took last"]
        assert await read_frame(idle_reader) is None
        idle_writer.close()
        with pytest.raises(OSError, match=r"refused|Connect"):
            await asyncio.open_connection("127.0.0.1", port)

    assert run(talk).taken == [b"last"]
