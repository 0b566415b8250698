"""One open file or stream and the text in it, with every offset as the file has it.

Encodings are tried in the order UTF-8 (with or without a byte order mark), UTF-16 if its mark is
there, Windows-1252 with a notice. Line ends and control characters stay as they are. NUL and lone
surrogates, which no database stores, become U+FFFD with a notice: one character for one, so that
offsets hold.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from cdi.domain.encounter import Encounter
from cdi.errors import InputError
from cdi.interop.files.feeds import MakeFeeds
from cdi.interop.problem import InputNotice, Report

LIMIT = 64 * 2**20
"""Most characters read as one note, one line or one JSON document."""

_HEAD = 4096
_RECODED = "not UTF-8, read as Windows-1252"
_ESCAPED_BYTE = re.compile("[\udc80-\udcff]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
# A stray control character is noise; one in twenty is no text.
_BINARY_SHARE, _BINARY_COUNT = 0.05, 3


class Placed(NamedTuple):
    """An encounter and where it came from; ``line`` is None if it is a whole file."""

    encounter: Encounter
    source: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Source:
    """An open byte stream.

    Attributes:
        name: how messages call it.
        stem: what ids are made of where the content has none.
        stream: the bytes, from the start.
        report: where problems go.
        feeds: makes the reader of wire formats; None where they are not read.
    """

    name: str
    stem: str
    stream: io.BufferedReader
    report: Report = field(repr=False)
    feeds: MakeFeeds | None = field(default=None, repr=False)

    def fail(self, message: str, *, at: str = "", line: int | None = None) -> None:
        """Report something that was not read."""
        self.report(InputError(message, source=self.name, field=at or None, line=line))

    def notice(self, message: str, *, at: str = "", line: int | None = None) -> None:
        """Report something that cost nothing."""
        self.report(InputNotice(message, source=self.name, field=at or None, line=line))

    def beginning(self) -> str:
        """Return some of the first characters without reading on."""
        head = self.stream.peek(_HEAD)[:_HEAD]
        return head.decode(_encoding(head), "ignore")

    def text(self) -> str:
        """Return the whole content.

        Raises:
            InputError: it is binary, in no known encoding, or longer than :data:`LIMIT`.
        """
        with self._decoded() as wrapper:
            text = wrapper.read(LIMIT + 1)
        if len(text) > LIMIT:
            raise InputError(f"longer than {LIMIT} characters", source=self.name)
        if _ESCAPED_BYTE.search(text):
            text = self._recode(text)
            self.notice(_RECODED)
        controls = sum(1 for _ in _CONTROL.finditer(text))
        if controls > max(_BINARY_COUNT, len(text) * _BINARY_SHARE):
            raise InputError("binary content, expected text", source=self.name)
        return text

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield number and text of each line, with its line end; unreadable ones are reported.

        Raises:
            InputError: the rest of the content is in no known encoding.
        """
        told = False
        with self._decoded() as wrapper:
            for number, line in enumerate(iter(lambda: wrapper.readline(LIMIT), ""), start=1):
                if len(line) == LIMIT and not line.endswith("\n"):
                    self.fail(f"longer than {LIMIT} characters", line=number)
                    _finish_line(wrapper)
                elif not _ESCAPED_BYTE.search(line):
                    yield number, line
                else:
                    try:
                        recoded = self._recode(line, number)
                    except InputError as error:
                        self.report(error)
                        continue
                    if not told:
                        self.notice(f"{_RECODED}, here and perhaps further on", line=number)
                        told = True
                    yield number, recoded

    def mend(self, text: str, *, at: str = "", line: int | None = None) -> str:
        """Return ``text`` with NUL and lone surrogates as U+FFFD, one for one."""
        mended, count = _UNSTORABLE.subn("\ufffd", text)
        if count:
            self.notice(f"{count} unusable character(s) read as U+FFFD", at=at, line=line)
        return mended

    def _recode(self, text: str, line: int | None = None) -> str:
        try:
            return text.encode("utf-8", "surrogateescape").decode("cp1252")
        except UnicodeDecodeError:
            message = "neither UTF-8 nor Windows-1252 text"
            raise InputError(message, source=self.name, line=line) from None

    @contextmanager
    def _decoded(self) -> Iterator[io.TextIOWrapper]:
        """Give the stream as text, foreign bytes escaped, line ends untouched; it stays open."""
        encoding = _encoding(self.stream.peek(_HEAD))
        errors = "surrogateescape" if encoding == "utf-8-sig" else "strict"
        wrapper = io.TextIOWrapper(self.stream, encoding=encoding, errors=errors, newline="\n")
        try:
            yield wrapper
        except UnicodeDecodeError:
            raise InputError(f"not valid {encoding.upper()}", source=self.name) from None
        finally:
            if not self.stream.closed:  # it is, if a reader was left half way
                wrapper.detach()


def _encoding(head: bytes) -> str:
    marked = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return "utf-16" if marked else "utf-8-sig"


def _finish_line(wrapper: io.TextIOWrapper) -> None:
    while (rest := wrapper.readline(LIMIT)) and not rest.endswith("\n"):
        pass
