"""ORU messages to observations and the notes of radiology, pathology and laboratory."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from cdi.domain.encounter import (
    IntakeRemark,
    Note,
    NoteStatus,
    Observation,
    ObservationStatus,
    RemarkKind,
)
from cdi.interop.hl7.check import NARRATIVE
from cdi.interop.hl7.documents import Document, joined_text
from cdi.interop.hl7.message import Message, Segment
from cdi.interop.hl7.people import author
from cdi.interop.hl7.times import clock_time
from cdi.interop.mapping.text import UnreadableText

# HL7 table 0085.
_STATUS = {
    "C": ObservationStatus.CORRECTED,
    "D": ObservationStatus.ENTERED_IN_ERROR,
    "W": ObservationStatus.ENTERED_IN_ERROR,
    "X": ObservationStatus.CANCELLED,
    "P": ObservationStatus.PRELIMINARY,
    "R": ObservationStatus.PRELIMINARY,
    "S": ObservationStatus.PRELIMINARY,
}
# HL7 table 0123, the status of the whole report.
_REPORT_STATUS = {
    "P": NoteStatus.PRELIMINARY,
    "R": NoteStatus.PRELIMINARY,
    "C": NoteStatus.AMENDED,
    "X": NoteStatus.RETRACTED,
}
# HL7 table 0074, by the LOINC code of such documents.
_SECTIONS = {
    **dict.fromkeys(
        ("RAD", "RX", "CT", "NMR", "NMS", "RUS", "VUS", "XRC", "CUS", "IMG"), "18748-4"
    ),
    **dict.fromkeys(("PAT", "SP", "CP", "CY", "PTH"), "11526-1"),
    **dict.fromkeys(("LAB", "MB", "MCB", "VR", "HM", "CH", "SR", "BLB", "TX", "IMM"), "11502-2"),
}
_CODED = frozenset(("CE", "CWE", "CNE", "CF"))


@dataclass(frozen=True, slots=True)
class Result:
    """An observation with the codes and the name by which its analyte is found."""

    observation: Observation
    codes: tuple[str, ...]
    name: str
    reported_at: datetime | None


class Results:
    """The results of one stay. A later report of the same result replaces the earlier one.

    "The same" is the same order, code, sub-id and time; which report is later is told by OBR-22
    (else MSH-7), not by the order of arrival.
    """

    def __init__(self) -> None:
        self._values: dict[tuple[str, ...], Result] = {}
        self._reports: dict[str, tuple[datetime | None, Document]] = {}
        self.remarks: list[IntakeRemark] = []

    def values(self) -> list[Result]:
        """Return the current state of each result."""
        return list(self._values.values())

    def reports(self) -> list[Document]:
        """Return the current state of each narrative."""
        return [document for _, document in self._reports.values()]

    def take(self, message: Message, zone: ZoneInfo) -> None:
        """Take in an ORU message that was checked."""
        order = Segment("OBR", (), message.header.separators)
        narrative: list[Segment] = []
        for segment in message.segments:
            if segment.name == "OBR":
                self._take_narrative(order, narrative, message, zone)
                order, narrative = segment, []
            elif segment.name == "OBX" and segment.raw(5):
                if segment.text(2) in NARRATIVE:
                    narrative.append(segment)
                else:
                    self._take_value(order, segment, message, zone)
            elif segment.name == "OBX" and segment.text(11) in ("D", "W", "X"):
                self._take_value(order, segment, message, zone)
        self._take_narrative(order, narrative, message, zone)

    def _take_value(
        self, order: Segment, result: Segment, message: Message, zone: ZoneInfo
    ) -> None:
        reported = _first_time(zone, order.text(22), message.header.text(7))
        observed = _first_time(zone, result.text(14), order.text(7))
        name = result.text(3, 2) or result.text(3, 5)
        codes = tuple(code for code in (result.text(3, 1), result.text(3, 4)) if code)
        stamp = observed.isoformat() if observed else ""
        key = (_number(order), *(codes[:1] or (name,)), result.text(4), stamp)
        known = self._values.get(key)
        if known is not None and _later(known.reported_at, reported):
            return
        value, unit, comparator, text = _value(result)
        identifier = "/".join(part for part in (*key[:3], stamp) if part)
        observation = Observation(
            identifier,
            "",
            value=value,
            unit=unit,
            observed_at=observed,
            recorded_at=reported or observed,
            text=text,
            status=_STATUS.get(result.text(11), ObservationStatus.FINAL),
            source=f"result {identifier}",
            comparator=comparator,
            loinc=_loinc(result),
            category="laboratory" if order.text(24) in _SECTIONS else "",
        )
        if known is not None and not result.raw(5):
            # A withdrawal need not repeat the value.
            withdrawn = replace(known.observation, status=observation.status)
            self._values[key] = replace(known, observation=withdrawn, reported_at=reported)
        elif result.raw(5):
            self._values[key] = Result(observation, codes, name, reported)

    def _take_narrative(
        self, order: Segment, lines: list[Segment], message: Message, zone: ZoneInfo
    ) -> None:
        if not lines:
            return
        number = _number(order) or message.header.text(10)
        kind = order.text(4, 2) or order.text(4, 1)
        identifier = f"report {number} {order.text(4, 1)}".strip()
        reported = _first_time(zone, order.text(22), message.header.text(7))
        known = self._reports.get(identifier)
        if known is not None and _later(known[0], reported):
            return
        try:
            text = joined_text(lines)
        except UnreadableText as reason:
            remark = IntakeRemark(RemarkKind.UNREADABLE, identifier, "OBX-5", str(reason))
            self.remarks.append(remark)
            return
        status = _REPORT_STATUS.get(order.text(25), NoteStatus.FINAL)
        note = Note(
            identifier,
            text,
            kind=kind or "Report",
            recorded_at=reported or _first_time(zone, order.text(7)),
            status=status,
            source=identifier,
        )
        section = _SECTIONS.get(order.text(24))
        codes = (section,) if section else (order.text(4, 1),)
        interpreter = author(order, 32, 34, 28)
        self._reports[identifier] = (reported, Document(note, interpreter, codes))


def _number(order: Segment) -> str:
    """Return the filler's order number, else the placer's."""
    return order.text(3) or order.text(2)


def _later(known: datetime | None, new: datetime | None) -> bool:
    return known is not None and new is not None and known > new


def _first_time(zone: ZoneInfo, *stamps: str) -> datetime | None:
    times = (clock_time(stamp, zone) for stamp in stamps)
    return next((time for time in times if time is not None), None)


def _loinc(result: Segment) -> str:
    for code, system in ((1, 3), (4, 6)):
        if result.text(3, system) in ("LN", "LOINC"):
            return result.text(3, code)
    return ""


def _value(result: Segment) -> tuple[float | None, str, str, str]:
    """Return value, unit, comparator and text of OBX-5."""
    unit = result.text(6)
    match result.text(2):
        case "NM":
            comparator, number = _bound(result.text(5))
            return number, unit, comparator, ""
        case "SN" if not result.text(5, 3):
            comparator, number = _bound(result.text(5, 1) + result.text(5, 2))
            return number, unit, comparator, "" if number is not None else result.whole(5)
        case kind if kind in _CODED:
            return None, unit, "", result.text(5, 2) or result.text(5, 1)
    text = result.whole(5).strip()
    comparator, number = _bound(text)
    # A laboratory that sends numbers as strings means numbers.
    return (number, unit, comparator, "") if number is not None else (None, unit, "", text)


def _bound(text: str) -> tuple[str, float | None]:
    text = text.strip()
    digits = text.lstrip("<>= ")
    try:
        number = float(digits)
    except ValueError:
        return "", None
    return text[:1] if text[:1] in ("<", ">") else "", number
