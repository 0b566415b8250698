"""A progress line for long work: only on a terminal, only after a moment."""

from __future__ import annotations

import time
from collections.abc import Iterator
from types import TracebackType
from typing import Self, TextIO, TypeVar

Item = TypeVar("Item")

_PATIENCE = 0.7
_REFRESH = 0.2


class Progress:
    """Counts what passes through and shows count and rate.

    The total is not known beforehand, since input is read as a stream.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown = False
        self._start = self._last = time.monotonic()
        self.done = 0

    def track(self, items: Iterator[Item]) -> Iterator[Item]:
        """Yield the items and tell how far they have come."""
        for item in items:
            self.done += 1
            now = time.monotonic()
            if now - self._start > _PATIENCE and now - self._last > _REFRESH:
                self._show(now)
            yield item

    def _show(self, now: float) -> None:
        self._last = now
        if self._stream.isatty():
            self._shown = True
            rate = self.done / (now - self._start)
            self._stream.write(f"\r{self.done:,} reviewed, {rate:,.0f} a second ")
            self._stream.flush()

    def __enter__(self) -> Self:
        """Start."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Clear the line."""
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
