"""The answer to a message (HL7 v2.5 chapter 2.9)."""

from __future__ import annotations

from datetime import datetime

from cdi.interop.hl7.message import Refusal, Segment, Separators, parse_message

_ESCAPES = str.maketrans({"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\"})
_LONGEST = 200


def acknowledge(
    text: str, code: str, at: datetime, control_id: str, refusal: Refusal | None = None
) -> str:
    """Return the ACK message for a message, as text with segments ended by CR.

    Args:
        text: the message that is answered, as far as it could be read.
        code: AA (taken for good), AE (to be mended) or AR (not taken here).
        at: the time of the answer.
        control_id: of the answer itself.
        refusal: why the message was not taken; named by field in MSA-3 and ERR.
    """
    header = _header(text)
    event = header.text(9, 2)
    separators = "|^~\\&"
    msh = [
        f"MSH{separators}",
        *(_plain(header.text(number)) for number in (5, 6, 3, 4)),
        at.strftime("%Y%m%d%H%M%S%z"),
        "",
        f"ACK^{_plain(event)}" if event else "ACK",
        control_id,
        _plain(header.text(11)) or "P",
        _plain(header.text(12)) or "2.5",
    ]
    lines = ["|".join(msh)]
    answered = _plain(header.text(10))
    if refusal is None:
        return "\r".join([*lines, f"MSA|{code}|{answered}"]) + "\r"
    reason = _plain(f"{refusal.field}: {refusal.reason}")
    lines.append(f"MSA|{code}|{answered}|{reason}")
    lines.append(f"ERR||{_plain(refusal.field or '')}|{_error_code(refusal)}|E||||{reason}")
    return "\r".join(lines) + "\r"


def _error_code(refusal: Refusal) -> str:
    """Return the code of HL7 table 0357."""
    if refusal.answer == "AR":
        return "200^Unsupported message type^HL70357"
    if refusal.reason.endswith("required"):
        return "101^Required field missing^HL70357"
    return "102^Data type error^HL70357"


def _header(text: str) -> Segment:
    """Return the MSH segment of a message, an empty one if it cannot be read."""
    try:
        return parse_message(text.lstrip("\r\n ").splitlines()[0]).header
    except (Refusal, IndexError):
        return Segment("MSH", (), Separators())


def _plain(text: str) -> str:
    return " ".join(text.translate(_ESCAPES).split())[:_LONGEST]
