"""Small HL7 v2 messages for tests, all of them made up."""

from __future__ import annotations

PID = "PID|1||M1^^^HOSP^MR||Quillfeather^Ottoline||19500203|F"
PV1 = "PV1|1|I|7W^12^A||||A1^Reed^Ilka^^^^MD|||CAR|||||||||V77"


def message(
    kind: str, *segments: str, control_id: str = "C1", sent: str = "20260502120000-0500"
) -> str:
    """Return a message with header, patient and visit, and these segments."""
    header = f"MSH|^~\\&|LAB|HOSP|CDI|HOSP|{sent}||{kind}|{control_id}|P|2.5.1"
    return "\r".join([header, PID, PV1, *segments]) + "\r"


def movement(event: str, **more: str) -> str:
    return message(f"ADT^{event}", f"EVN|{event}|20260501080000-0500", **more)


def order(number: str = "F1", section: str = "CH", at: str = "20260502060000-0500") -> str:
    return f"OBR|1||{number}|BMP^Basic metabolic panel|||{at}|||||||||||||||||{section}|F"


def result(
    value: str = "1.4",
    unit: str = "mg/dL",
    code: str = "2160-0^Creatinine^LN",
    status: str = "F",
    kind: str = "NM",
    at: str = "20260502060000-0500",
) -> str:
    return f"OBX|1|{kind}|{code}||{value}|{unit}|||||{status}|||{at}"


def document(
    event: str,
    text: str = "Feels better.",
    number: str = "D1",
    parent: str = "",
    kind: str = "PR^Progress note",
    author: str = "A1^Reed^Ilka^^^^MD",
    status: str = "AU",
    at: str = "20260502090000-0500",
    **more: str,
) -> str:
    details = f"TXA|1|{kind}|TX|{at}|||||{author}|||{number}|{parent}||||{status}"
    lines = [f"OBX|{n}|TX|||{line}||||||F" for n, line in enumerate(text.split("\n"), 1)]
    return message(f"MDM^{event}", f"EVN|{event}|{at}", details, *(lines if text else []), **more)
