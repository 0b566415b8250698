"""What a route works with: the desk, who asks, and how an answer tells its version."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, Response

from cdi.api.presence import DeskOf, Present
from cdi.api.schemas import ReceiptOut
from cdi.domain.actor import Actor
from cdi.errors import InputError
from cdi.workflow.desk import Receipt

_Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        max_length=80,
        description="Repeat a request with the same key and it is carried out once.",
    ),
]


def _version(
    if_match: Annotated[
        str, Header(alias="If-Match", description='The `ETag` you saw, such as `"3"`.')
    ],
) -> int:
    """Return the version the caller saw.

    Raises:
        InputError: it is no version of ours.
    """
    bare = if_match.removeprefix("W/").strip('"')
    if not (bare.isascii() and bare.isdigit() and len(bare) < 10):
        raise InputError('expected a version such as "3"', field="If-Match")
    return int(bare)


class _Look:
    """A request of somebody who is logged in, to see something."""

    def __init__(self, desk: DeskOf, presence: Present, response: Response) -> None:
        self.desk, self.presence, self._response = desk, presence, response

    @property
    def actor(self) -> Actor:
        """On whose behalf."""
        return self.presence.actor

    def tag(self, version: int) -> None:
        """Say in the ``ETag`` which version the answer is of."""
        self._response.headers["ETag"] = f'"{version}"'

    def give(self, receipt: Receipt) -> ReceiptOut:
        """Return a receipt, its version also as ``ETag`` for the next change."""
        self.tag(receipt.version)
        return ReceiptOut.model_validate(receipt)


class _Write(_Look):
    """A request to do something; ``key`` makes repeating it harmless."""

    def __init__(self, desk: DeskOf, presence: Present, response: Response, key: _Key = "") -> None:
        super().__init__(desk, presence, response)
        self.key = key


class _Change(_Write):
    """A request to change what the caller saw at version ``seen``."""

    def __init__(
        self,
        seen: Annotated[int, Depends(_version)],
        desk: DeskOf,
        presence: Present,
        response: Response,
        key: _Key = "",
    ) -> None:
        super().__init__(desk, presence, response, key)
        self.seen = seen


Look = Annotated[_Look, Depends()]
Write = Annotated[_Write, Depends()]
Change = Annotated[_Change, Depends()]
