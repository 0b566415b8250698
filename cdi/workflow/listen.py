"""Listening: the MLLP listener over the inbox, until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
from zoneinfo import ZoneInfo

from cdi.interop.hl7.listener import LONGEST, Listener, Tell
from cdi.storage.store import Store
from cdi.workflow.receive import Receiver


def listen(
    store: Store,
    zone: ZoneInfo,
    host: str,
    port: int,
    *,
    tell: Tell,
    longest: int = LONGEST,
) -> None:
    """Take messages until SIGTERM or SIGINT; what is being taken then is finished and answered.

    Args:
        store: where the inbox is; opened with ``flush``.
        zone: where times without an offset are from.
        host: the address to listen at.
        port: the port, 0 for a free one.
        tell: hears the address, and of broken connections; never any content.
        longest: bytes of the longest message.

    Raises:
        OSError: the address is taken or not this machine's.
    """
    asyncio.run(_listen(Receiver(store, zone), host, port, tell, longest))


async def _listen(receiver: Receiver, host: str, port: int, tell: Tell, longest: int) -> None:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked.set)
    listener = Listener(receiver.receive, receiver.refuse, tell, longest)
    found = await listener.start(host, port)
    tell(f"listening at {host}:{found}")
    await asked.wait()
    await listener.stop()
    tell("stopped")
