"""The encoding rules of HL7 v2 (chapter 2): segments, fields, escapes.

A message is split as far as it is asked for, so that a note of megabytes costs no more than its
length, and nothing of a message is ever logged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from cdi.errors import InputError

_NAME = re.compile(r"[A-Z][A-Z0-9]{2}")
_CHARSETS = {
    "UNICODE UTF-8": "utf-8",
    "UNICODE": "utf-8",
    "UTF-8": "utf-8",
    "ASCII": "utf-8",
    "8859/1": "cp1252",
    "8859/15": "iso8859-15",
}
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Refusal(InputError):
    """A message that is not taken.

    Args:
        message: what is wrong and what was expected, without any content.
        field: the field at fault ("PV1-19").
        code: AE if the message itself must be mended, AR if such messages are not taken here.
    """

    code = "refused"

    def __init__(self, message: str, *, field: str, code: str = "AE") -> None:
        self.reason, self.answer = message, code
        super().__init__(message, field=field)


class Separators(NamedTuple):
    """The delimiters a message declares in MSH-1 and MSH-2."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment. Fields count from 1 as in the standard; what is absent is empty.

    Attributes:
        fields: the raw fields; of MSH the separator itself is the first.
    """

    name: str
    fields: tuple[str, ...]
    separators: Separators

    def raw(self, number: int) -> str:
        """Return a whole field as sent. An explicit null ("") is empty too."""
        found = self.fields[number - 1] if 0 < number <= len(self.fields) else ""
        return "" if found == '""' else found

    def text(self, number: int, component: int = 1) -> str:
        """Return a component of the first repetition of a field, escapes resolved."""
        raw = self.raw(number)
        if not raw:
            return ""
        first = raw.partition(self.separators.repetition)[0]
        return Components(tuple(first.split(self.separators.component)), self.separators)[component]

    def repetitions(self, number: int) -> Iterator[Components]:
        """Yield each repetition of a field as its components."""
        raw = self.raw(number)
        for repetition in raw.split(self.separators.repetition) if raw else ():
            yield Components(tuple(repetition.split(self.separators.component)), self.separators)

    def whole(self, number: int) -> str:
        """Return a field of plain text, all repetitions as lines, escapes resolved."""
        raw = self.raw(number).replace(self.separators.repetition, "\n")
        return unescape(raw, self.separators)


@dataclass(frozen=True, slots=True)
class Components:
    """The components of one repetition; ``[1]`` is the first, absent ones are empty."""

    parts: tuple[str, ...]
    separators: Separators

    def __getitem__(self, number: int) -> str:
        """Return a component, or its first subcomponent, escapes resolved."""
        if not 0 < number <= len(self.parts):
            return ""
        found = self.parts[number - 1]
        found = "" if found == '""' else found.partition(self.separators.subcomponent)[0]
        return unescape(found, self.separators).strip()


@dataclass(frozen=True, slots=True)
class Message:
    """A message as its segments, in order; the first is MSH."""

    segments: tuple[Segment, ...]

    @property
    def header(self) -> Segment:
        """The MSH segment."""
        return self.segments[0]

    def first(self, name: str) -> Segment:
        """Return the first segment of a name, or an empty one."""
        found = (segment for segment in self.segments if segment.name == name)
        return next(found, Segment(name, (), self.header.separators))

    def all(self, name: str) -> list[Segment]:
        """Return all segments of a name."""
        return [segment for segment in self.segments if segment.name == name]


def decode_message(data: bytes) -> str:
    """Return the text of a message in the character set of MSH-18, else UTF-8 or Windows-1252.

    NUL, which no database stores, becomes U+FFFD.

    Raises:
        Refusal: the bytes are no text in that character set.
    """
    first = re.split(rb"[\r\n]", data[:4096], maxsplit=1)[0]
    fields = first.split(first[3:4]) if len(first) > 3 else []
    declared = fields[17].partition(b"~")[0].decode("ascii", "replace") if len(fields) > 17 else ""
    named = _CHARSETS.get(declared.strip().upper())
    for encoding in (named,) if named and named != "utf-8" else ("utf-8-sig", "cp1252"):
        try:
            return _UNSTORABLE.sub("\ufffd", data.decode(encoding))
        except UnicodeDecodeError:
            continue
    raise Refusal("the bytes are not in this character set", field="MSH-18")


def parse_message(text: str) -> Message:
    """Return a message as segments.

    Line feeds as segment ends, which senders use against the standard, are taken too.

    Raises:
        Refusal: it is no HL7 v2 message or a line is no segment.
    """
    text = text.lstrip("\r\n ")
    if not text.startswith("MSH") or len(text) < 8:
        raise Refusal("expected a message that begins with MSH", field="MSH", code="AR")
    separators = _separators(text)
    lines = re.split(r"\r\n?" if "\r" in text else r"\n", text)
    segments = []
    for number, line in enumerate(lines, start=1):
        line = line.strip("\n")
        if not line.strip():
            continue
        name, mark, rest = line[:3], line[3:4], line[4:]
        if not _NAME.fullmatch(name) or mark not in (separators.field, ""):
            message = "expected three capitals and the field separator"
            raise Refusal(message, field=f"segment {number}")
        fields = tuple(rest.split(separators.field))
        if name == "MSH":
            if number > 1:
                message = "a second message in the same frame"
                raise Refusal(message, field=f"segment {number}", code="AR")
            fields = (separators.field, *fields)
        segments.append(Segment(name, fields, separators))
    return Message(tuple(segments))


def unescape(text: str, separators: Separators) -> str:
    """Return text with its escape sequences resolved (chapter 2.7).

    Separators, hexadecimal characters and line breaks are resolved, highlighting is dropped; what
    is no known sequence stays as it is, for a backslash may just be a backslash.
    """
    mark = separators.escape
    if mark not in text:
        return text
    known = {
        "F": separators.field,
        "S": separators.component,
        "T": separators.subcomponent,
        "R": separators.repetition,
        "E": mark,
        "H": "",
        "N": "",
    }
    pattern = re.compile(
        rf"{re.escape(mark)}(?:([FSTREHN])|X((?:[0-9A-Fa-f]{{2}})+)|\.(br|sp|ce|sk|in|ti|fi|nf)"
        rf"\s*([+-]?\d{{0,3}})){re.escape(mark)}"
    )

    def resolved(found: re.Match[str]) -> str:
        letter, digits, command, count = found.groups()
        if letter:
            return known[letter]
        if digits:
            return _UNSTORABLE.sub("\ufffd", bytes.fromhex(digits).decode("utf-8", "replace"))
        if command in ("br", "sp"):
            return "\n" * max(1, int(count or 1))
        return {"ce": "\n", "sk": " " * max(1, int(count or 1))}.get(command, "")

    return pattern.sub(resolved, text)


def _separators(text: str) -> Separators:
    field = text[3]
    marks = text[4 : text.find(field, 4)]
    if field.isalnum() or field in "\r\n" or not 2 <= len(marks) <= 5:
        raise Refusal("expected a field separator and ^~\\&", field="MSH-2", code="AR")
    given = (*marks[:4], *("\\", "&")[len(marks[:4]) - 2 :])
    component, repetition, escape, subcomponent = given
    return Separators(field, component, repetition, escape, subcomponent)
