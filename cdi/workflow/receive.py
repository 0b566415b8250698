"""Receiving: messages of a feed are checked, kept in the inbox, and answered after that."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cdi.errors import ConflictError
from cdi.interop.hl7 import (
    Header,
    Refusal,
    acknowledge,
    check_message,
    decode_message,
    parse_message,
    sender_of,
)
from cdi.storage.inbox import Inbox, Incoming, Kept
from cdi.storage.store import Store

Clock = Callable[[], datetime]
_ID_BYTES = 8


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


class _Read(NamedTuple):
    """A message as far as it was read, and why it is refused if it is."""

    incoming: Incoming
    refusal: Refusal | None


class Receiver:
    """Takes HL7 v2 messages into the inbox of a store.

    Args:
        store: where the inbox is; its commits must be durable.
        zone: where times without an offset are from.
        clock: tells when a message came.
    """

    def __init__(self, store: Store, zone: ZoneInfo, clock: Clock = now) -> None:
        self._store, self._zone, self._clock = store, zone, clock

    def receive(self, messages: Sequence[bytes]) -> list[bytes]:
        """Keep some messages in one transaction and return their answers: AA only after it.

        A repetition is answered AA and kept once. What is refused is kept too and listed by
        ``cdi intake report``.

        Raises:
            StorageError: the store cannot take them now; the senders are not to be answered.
        """
        return self._keep([self._read(data) for data in messages])

    def refuse(self, reason: str) -> bytes:
        """Return the answer to bytes that are no frame, and list them without their content."""
        refusal = Refusal(reason, field="MLLP", code="AR")
        nameless = Header("", f"frame {secrets.token_hex(_ID_BYTES)}", "", "")
        (answer,) = self._keep([_Read(self._incoming(nameless, ""), refusal)])
        return answer

    def _read(self, data: bytes) -> _Read:
        text = ""
        try:
            text = decode_message(data)
            header = check_message(parse_message(text), self._zone)
        except Refusal as refusal:
            text = text or data.decode("latin-1").replace("\0", "\ufffd")
            return _Read(self._incoming(_told(text), text), refusal)
        return _Read(self._incoming(header, text), None)

    def _keep(self, messages: list[_Read]) -> list[bytes]:
        try:
            outcomes = self._try(messages)
        except ConflictError:
            # One of them came over another listener at the same time: now it is there.
            outcomes = self._try(messages)
        return [
            self._answer(message.incoming.content, refusal)
            for message, refusal in zip(messages, outcomes, strict=True)
        ]

    def _try(self, messages: list[_Read]) -> list[Refusal | None]:
        with self._store.writing() as session:
            inbox = Inbox(session, [message.incoming for message in messages])
            return [_keep_one(inbox, message) for message in messages]

    def _incoming(self, header: Header, text: str) -> Incoming:
        return Incoming(
            header.sender,
            header.control_id,
            header.kind,
            header.visit,
            text,
            self._store.digest(text),
            self._clock(),
        )

    def _answer(self, text: str, refusal: Refusal | None) -> bytes:
        code = refusal.answer if refusal else "AA"
        name = secrets.token_hex(_ID_BYTES)
        return acknowledge(text, code, self._clock(), name, refusal).encode()


def _keep_one(inbox: Inbox, message: _Read) -> Refusal | None:
    refusal = message.refusal
    if refusal is None and inbox.keep(message.incoming) is Kept.CLASHING:
        refusal = Refusal("this control id was used for another message", field="MSH-10")
    if refusal is not None:
        inbox.refuse(
            message.incoming,
            answer=refusal.answer,
            field=refusal.field or "",
            reason=refusal.reason,
        )
    return refusal


def _told(text: str) -> Header:
    """Return what a message that is refused tells of itself."""
    try:
        header = parse_message(text.lstrip("\r\n ").split("\r", 1)[0]).header
    except Refusal:
        return Header("", "", "", "")
    kind = "^".join(part for part in (header.text(9, 1), header.text(9, 2)) if part)
    return Header(sender_of(header), header.text(10)[:199], kind[:40], "")
