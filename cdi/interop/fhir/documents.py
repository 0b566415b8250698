"""DocumentReference, Binary and DiagnosticReport to notes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cdi.domain.encounter import IntakeRemark, Note, NoteStatus, RemarkKind
from cdi.interop.fhir.elements import LOINC, Resource, clock_time, codes, label, period, references
from cdi.interop.fhir.entries import Entries, Entry
from cdi.interop.fhir.people import People
from cdi.interop.mapping import Intake, StayParts
from cdi.interop.mapping.text import UnreadableText, document_text

# HL7 table 0074, the categories of diagnostic reports, by the LOINC code of such documents.
_REPORT_TYPES = {
    **dict.fromkeys(
        ("RAD", "IMG", "CT", "NMR", "NMS", "RUS", "VUS", "XRC", "RX", "CUS"), "18748-4"
    ),
    **dict.fromkeys(("PAT", "SP", "CP", "CY", "PATHOLOGY"), "11526-1"),
    **dict.fromkeys(("LAB", "HM", "CH", "MB", "MCB", "BLB", "SR", "VR", "IMM", "TX"), "11502-2"),
    # US Core uses LOINC codes of the same kinds.
    "LP29684-5": "18748-4",
    "LP7839-6": "11526-1",
    "LP29708-2": "18748-4",
}
_HIDDEN = frozenset(("entered-in-error",))
_REPORT_STATUS = {
    "partial": NoteStatus.PRELIMINARY,
    "preliminary": NoteStatus.PRELIMINARY,
    "registered": NoteStatus.PRELIMINARY,
    "amended": NoteStatus.AMENDED,
    "corrected": NoteStatus.AMENDED,
    "appended": NoteStatus.AMENDED,
    "cancelled": NoteStatus.RETRACTED,
    "entered-in-error": NoteStatus.RETRACTED,
}


def add_document(
    parts: StayParts, entry: Entry, entries: Entries, people: People, intake: Intake
) -> None:
    """Add the note a DocumentReference stands for; if it has no text, a remark."""
    resource = entry.resource
    title = label(resource.type)
    context = resource.context
    at, _ = period(context.period if context is not None else None)
    texts: list[str] = []
    for index, content in enumerate(resource.content or ()):
        attachment = content.attachment
        if attachment is None:
            continue
        title = title or attachment.title or ""
        at = clock_time(attachment.creation) or at
        try:
            texts.append(_attachment_text(attachment, entries))
        except UnreadableText as reason:
            where = f"DocumentReference.content[{index}].attachment"
            parts.remarks.append(
                IntakeRemark(RemarkKind.UNREADABLE, entry.source, where, str(reason))
            )
    text = next((text for text in texts if text.strip()), "")  # the others are renderings of it
    if not text:
        if texts:
            _remark_empty(parts, entry, "DocumentReference.content")
        return
    author = people.author(resource.author)
    note = Note(
        _note_id(parts, entry),
        text,
        kind=title,
        recorded_at=clock_time(resource.date) or at,
        status=_document_status(resource),
        retracted_at=_retracted_at(resource, _document_status(resource)),
        loinc=next(iter(codes(resource.type, LOINC)), ""),
        replaces=_related(resource, entries, ("replaces", "transforms")),
        appends_to=_related(resource, entries, ("appends",)),
        source=entry.source,
    )
    parts.add_note(note, author, codes(resource.type), intake)


def add_report(
    parts: StayParts, entry: Entry, entries: Entries, people: People, intake: Intake
) -> None:
    """Add the narrative of a DiagnosticReport as a note of radiology, pathology or laboratory.

    The narrative is what the report presents (``presentedForm``), else its conclusion. A report
    that only groups observations has none and is no note.
    """
    resource = entry.resource
    text = ""
    for index, attachment in enumerate(resource.presentedForm or ()):
        try:
            text = text or _attachment_text(attachment, entries)
        except UnreadableText as reason:
            where = f"DiagnosticReport.presentedForm[{index}]"
            parts.remarks.append(
                IntakeRemark(RemarkKind.UNREADABLE, entry.source, where, str(reason))
            )
    text = text or resource.conclusion or ""
    if not text.strip():
        return
    category = [code for concept in resource.category or () for code in codes(concept)]
    kinds = tuple(_REPORT_TYPES[code] for code in category if code in _REPORT_TYPES)
    _, ended = period(resource.effectivePeriod)
    note = Note(
        _note_id(parts, entry),
        text,
        kind=label(resource.code) or "Report",
        recorded_at=clock_time(resource.issued) or clock_time(resource.effectiveDateTime) or ended,
        status=_REPORT_STATUS.get(resource.status, NoteStatus.FINAL),
        retracted_at=_retracted_at(resource, _REPORT_STATUS.get(resource.status, NoteStatus.FINAL)),
        loinc=next(iter(codes(resource.code, LOINC)), ""),
        source=entry.source,
    )
    author = people.author(resource.resultsInterpreter or resource.performer)
    parts.add_note(note, author, (*kinds, *codes(resource.code, LOINC)), intake)


def _attachment_text(attachment: Resource, entries: Entries) -> str:
    kind = str(attachment.contentType or "")
    if attachment.data is not None:
        return document_text(attachment.data, kind)
    entry = entries.find(str(attachment.url)) if attachment.url else None
    if entry is None or entry.type != "Binary":
        raise UnreadableText("neither data nor a Binary of this bundle")
    return document_text(entry.resource.data or b"", kind or str(entry.resource.contentType))


def _document_status(resource: Resource) -> NoteStatus:
    if resource.status in _HIDDEN or resource.docStatus in _HIDDEN:
        return NoteStatus.RETRACTED
    if resource.status == "superseded":
        return NoteStatus.SUPERSEDED
    if resource.docStatus == "preliminary":
        return NoteStatus.PRELIMINARY
    return NoteStatus.AMENDED if resource.docStatus == "amended" else NoteStatus.FINAL


def _retracted_at(resource: Resource, status: NoteStatus) -> datetime | None:
    """Return when a document was taken back: its last change; None where that is not told."""
    changed = resource.meta.lastUpdated if resource.meta is not None else None
    return clock_time(changed) if status is NoteStatus.RETRACTED else None


def _related(resource: Resource, entries: Entries, kinds: tuple[str, ...]) -> str:
    """Return the note id of the first document this one relates to in one of these ways."""
    found: Iterator[str] = (
        entries.key(reference).rpartition("/")[2]
        for relation in resource.relatesTo or ()
        if relation.code in kinds
        for reference in references(relation.target)
    )
    return next(found, "")


def _note_id(parts: StayParts, entry: Entry) -> str:
    """Return the entry's id; a report that shares its id with a document gets a longer one."""
    taken = any(note.id == entry.id for note in parts.notes)
    return entry.source if taken else entry.id


def _remark_empty(parts: StayParts, entry: Entry, where: str) -> None:
    parts.remarks.append(IntakeRemark(RemarkKind.UNREADABLE, entry.source, where, "no text in it"))
