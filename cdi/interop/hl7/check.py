"""What a message must have to be taken: checked before anything is stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cdi.interop.hl7.message import Message, Refusal, Segment
from cdi.interop.hl7.times import clock_time

TAKEN = {
    "ADT": ("A01", "A02", "A03", "A04", "A08", "A13"),
    "MDM": ("T02", "T04", "T06", "T08", "T10", "T11"),
    "ORU": ("R01",),
}
_RELATED = ("T06", "T10")
_VALUE_TYPES = frozenset(
    (
        *("NM", "SN", "ST", "TX", "FT", "CE", "CWE", "CNE", "ED", "RP", "CF", "CX"),
        *("DT", "TM", "TS", "DTM", "ID", "IS", "SI", "XCN", "NA"),
    )
)
NARRATIVE = frozenset(("TX", "FT", "ED"))
"""Value types of documents, as against values."""

_RESULT_STATUSES = frozenset("CDFINOPRSUVWXBA")
_LONGEST_ID = 199


class Header(NamedTuple):
    """Who sent what, for the inbox.

    Attributes:
        sender: sending application and facility (MSH-3, MSH-4).
        control_id: MSH-10; with the sender it tells a repetition.
        kind: message type and event ("ORU^R01").
        visit: the number of the visit (PV1-19, else PID-18).
    """

    sender: str
    control_id: str
    kind: str
    visit: str


def check_message(message: Message, zone: ZoneInfo) -> Header:
    """Return the header of a message that can be read.

    Raises:
        Refusal: something a reader needs is missing or malformed; names the field. AR where no
            message of this kind is taken.
    """
    header = message.header
    kind, event = header.text(9, 1), header.text(9, 2)
    if not kind:
        raise Refusal("is required", field="MSH-9", code="AR")
    if event not in TAKEN.get(kind, ()):
        taken = ", ".join(f"{name} {' '.join(events)}" for name, events in TAKEN.items())
        raise Refusal(f"not taken here; expected one of {taken}", field="MSH-9", code="AR")
    control_id = header.text(10)
    if not control_id or len(control_id) > _LONGEST_ID:
        raise Refusal("a control id of up to 199 characters is required", field="MSH-10", code="AR")
    for segment, numbers in _times(message):
        for number in numbers:
            _check_time(segment, number, zone)
    _require(message.first("PID"), 3)
    visit = visit_number(message)
    if not visit or len(visit) > _LONGEST_ID:
        raise Refusal("a visit number is required here or in PID-18", field="PV1-19")
    if kind == "MDM":
        _check_document(message, event)
    elif kind == "ORU":
        _check_results(message)
    return Header(sender_of(header), control_id, f"{kind}^{event}", visit)


def sender_of(header: Segment) -> str:
    """Return sending application and facility as one name."""
    return "|".join((header.text(3), header.text(4)))[:_LONGEST_ID]


def visit_number(message: Message) -> str:
    """Return the number of the visit: PV1-19, else the account PID-18."""
    return message.first("PV1").text(19) or message.first("PID").text(18)


def _times(message: Message) -> Iterator[tuple[Segment, tuple[int, ...]]]:
    numbers = {
        "MSH": (7,),
        "EVN": (2, 6),
        "PV1": (44, 45),
        "TXA": (4, 6, 7, 8),
        "OBR": (7, 8, 22),
        "OBX": (14, 19),
    }
    for segment in message.segments:
        yield segment, numbers.get(segment.name, ())


def _check_time(segment: Segment, number: int, zone: ZoneInfo) -> None:
    try:
        clock_time(segment.text(number), zone)
    except ValueError as error:
        message = f"not a time: {error}" if str(error).startswith("expected") else "no such time"
        raise Refusal(message, field=f"{segment.name}-{number}") from None


def _require(segment: Segment, *numbers: int) -> None:
    if not segment.fields:
        raise Refusal("the segment is required", field=segment.name)
    for number in numbers:
        if not segment.text(number):
            raise Refusal("is required", field=f"{segment.name}-{number}")


def _check_document(message: Message, event: str) -> None:
    _require(message.first("TXA"), 12)
    if event in _RELATED:
        _require(message.first("TXA"), 13)
    if event != "T11" and not any(part.raw(5) for part in message.all("OBX")):
        raise Refusal("the text of the document is required", field="OBX-5")


def _check_results(message: Message) -> None:
    _require(message.first("OBR"), 4)
    for number, result in enumerate(message.all("OBX"), start=1):
        at = f"OBX[{number}]"
        # A line of a narrative need not say what it is a line of.
        if not result.text(3) and not result.text(3, 2) and result.text(2) not in NARRATIVE:
            raise Refusal("is required", field=f"{at}-3")
        if result.raw(5) and result.text(2) not in _VALUE_TYPES:
            raise Refusal("not a value type of HL7 table 0125", field=f"{at}-2")
        status = result.text(11)
        if len(status) != 1 or status not in _RESULT_STATUSES:
            raise Refusal("a result status of HL7 table 0085 is required", field=f"{at}-11")
        if result.text(2) == "NM" and result.raw(5) and not is_number(result.text(5)):
            raise Refusal("not a number", field=f"{at}-5")


def is_number(text: str) -> bool:
    """Tell whether a value of type NM can be read, with a comparator or not."""
    try:
        float(text.lstrip("<>= "))
    except ValueError:
        return False
    return True
