"""MDM messages to notes: originals, edits, replacements, addenda, cancellations."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from cdi.domain.encounter import IntakeRemark, Note, NoteStatus, RemarkKind
from cdi.interop.hl7.message import Message, Segment
from cdi.interop.hl7.people import author
from cdi.interop.hl7.times import clock_time
from cdi.interop.mapping import Author
from cdi.interop.mapping.text import HTML, PLAIN, UnreadableText, document_text

_UNSIGNED = frozenset(("DI", "IN", "IP", "PA"))
_WITHDRAWN = frozenset(("CA", "OB"))
_EDITS = ("T04", "T08")
_ED_TYPES = {"PLAIN": PLAIN, "TEXT": PLAIN, "TXT": PLAIN, "HTML": HTML}


@dataclass(frozen=True, slots=True)
class Document:
    """A note with what tells its author's role."""

    note: Note
    author: Author
    codes: tuple[str, ...]


class Documents:
    """The documents of one stay by number (TXA-12); every version is kept.

    The first version has the document's number as its id, later ones "number#2" and so on.
    """

    def __init__(self) -> None:
        self._versions: dict[str, list[Document]] = {}
        self.remarks: list[IntakeRemark] = []

    def all(self) -> list[Document]:
        """Return all versions of all documents."""
        return [version for versions in self._versions.values() for version in versions]

    def take(self, message: Message, zone: ZoneInfo) -> None:
        """Take in an MDM message that was checked."""
        event = message.header.text(9, 2)
        details = message.first("TXA")
        number, parent = details.text(12), details.text(13)
        if event == "T11":
            self._withdraw(number, _sent(message, zone))
            return
        if event in _EDITS and number not in self._versions and parent in self._versions:
            number = parent
        text = self._text(message, number)
        document = _document(message, number, text, event, zone)
        if not text.strip() and number not in self._versions:
            return
        if event == "T06":
            document = _linked(document, appends_to=self._current_id(parent))
        elif event == "T10":
            document = _linked(document, replaces=self._current_id(parent))
        self._add(number, document)

    def _add(self, number: str, document: Document) -> None:
        versions = self._versions.setdefault(number, [])
        if not versions:
            versions.append(document)
            return
        last = versions[-1].note
        if document.note.text.strip() in ("", last.text.strip()):
            # Signed, or its availability changed: the words are the same, and so is the note.
            status = document.note.status
            gone = document.note.recorded_at if status is NoteStatus.RETRACTED else None
            changed = replace(last, status=status, retracted_at=gone)
            versions[-1] = replace(versions[-1], note=changed)
            return
        name = f"{number}#{len(versions) + 1}"
        versions.append(_linked(document, id=name, replaces=last.id))

    def _withdraw(self, number: str, at: datetime | None) -> None:
        self._versions[number] = [
            _linked(version, status=NoteStatus.RETRACTED, retracted_at=at)
            for version in self._versions.get(number, [])
        ]

    def _current_id(self, number: str) -> str:
        versions = self._versions.get(number)
        return versions[-1].note.id if versions else number

    def _text(self, message: Message, number: str) -> str:
        try:
            return joined_text(message.all("OBX"))
        except UnreadableText as reason:
            item = f"document {number}"
            self.remarks.append(IntakeRemark(RemarkKind.UNREADABLE, item, "OBX-5", str(reason)))
            return ""


def joined_text(results: Iterable[Segment]) -> str:
    """Return the text that stands in the OBX-5 of some segments, one below the other.

    Raises:
        UnreadableText: a part is encapsulated data of a kind that is not read, such as PDF.
    """
    return "\n".join(_part(result) for result in results if result.raw(5))


def _part(result: Segment) -> str:
    if result.text(2) != "ED":
        return result.whole(5)
    # source ^ type ^ subtype ^ encoding ^ data (chapter 2.A.24)
    data = next(result.repetitions(5))
    kind = _ED_TYPES.get(data[3].upper())
    if kind is None:
        raise UnreadableText("encapsulated data that is neither text nor HTML")
    if data[4].upper() != "BASE64":
        return document_text(data[5], kind)
    try:
        return document_text(base64.b64decode(data[5], validate=True), kind)
    except binascii.Error:
        raise UnreadableText("not valid base64") from None


def _document(message: Message, number: str, text: str, event: str, zone: ZoneInfo) -> Document:
    details = message.first("TXA")
    code, title = details.text(2, 1), details.text(2, 2)
    note = Note(
        number,
        text,
        kind=title or ("" if code.isupper() and len(code) <= 3 else code),
        recorded_at=_recorded(message, event, zone),
        status=_status(details),
        source=f"document {number}",
    )
    return Document(note, author(details, 9, 5, 10, 22), (code,) if code else ())


def _status(details: Segment) -> NoteStatus:
    if details.text(19) in _WITHDRAWN:
        return NoteStatus.RETRACTED
    return NoteStatus.PRELIMINARY if details.text(17) in _UNSIGNED else NoteStatus.FINAL


def _recorded(message: Message, event: str, zone: ZoneInfo) -> datetime | None:
    details = message.first("TXA")
    first = details.text(8) if event in _EDITS else ""
    stamps = (first, details.text(6), details.text(4), message.first("EVN").text(2))
    times = (clock_time(stamp, zone) for stamp in (*stamps, message.header.text(7)))
    return next((time for time in times if time is not None), None)


def _sent(message: Message, zone: ZoneInfo) -> datetime | None:
    """Return when a message was sent, else when what it tells of was recorded."""
    stamps = (message.header.text(7), message.first("EVN").text(2))
    return next((time for stamp in stamps if (time := clock_time(stamp, zone))), None)


def _linked(document: Document, **changes: object) -> Document:
    return replace(document, note=replace(document.note, **changes))  # type: ignore[arg-type]
