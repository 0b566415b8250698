"""Queries as HL7 v2 documents: MDM^T02 with the letter, and with the addendum of an answer.

A document of its own (T02) and no addendum (T06): the desk does not know by which number the
record system calls the note that is added to. HL7 v2.5 chapter 9.
"""

from __future__ import annotations

from datetime import UTC, datetime

from cdi.domain.outgoing import Clinician, QueryDocument

_ESCAPES = str.maketrans(
    {"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "~": "\\R\\", "&": "\\T\\", "\r": "", "\n": " "}
)
_SEX = {"female": "F", "male": "M", "other": "O"}
_APPLICATION = "CDI"
_LETTER, _ADDENDUM = ("CDIQ", "CDI query"), ("CDIA", "CDI query addendum")


def query_message(document: QueryDocument, receiver: str = "") -> str:
    """Return the MDM^T02 message of a query: its addendum if it was answered, else its letter.

    Args:
        document: what is told; its ``message_id`` becomes MSH-10 and is the same at each attempt.
        receiver: name of the receiving application (MSH-5).
    """
    facility = _text(document.facility)
    header = [_APPLICATION, facility, _text(receiver), facility, _stamp(document.at), ""]
    segments = [
        "|".join(["MSH", "^~\\&", *header, "MDM^T02^MDM_T02", document.message_id, "P", "2.5"]),
        f"EVN|T02|{_stamp(document.at)}",
        _patient(document),
        # PV1-2: class, PV1-19: number of the visit
        "|".join(["PV1", "1", "I", *[""] * 16, _text(document.encounter)]),
        _details(document),
        *_lines(document),
    ]
    return "\r".join(segments) + "\r"


def _patient(document: QueryDocument) -> str:
    patient = document.patient
    if patient is None:
        return "PID|1"
    number = f"{_text(patient.id)}^^^{_text(document.facility)}^MR"
    born = patient.birth_date.strftime("%Y%m%d") if patient.birth_date else ""
    sex = _SEX.get(patient.sex or "", "U")
    return f"PID|1||{number}||{_name(patient.name)}||{born}|{sex}"


def _details(document: QueryDocument) -> str:
    answer = document.answer
    if answer is not None:
        (code, title), author, at = _ADDENDUM, answer.signed_by, answer.signed_at
        number, status = answer.id, "LA"
        signed = f"{_person(author)}^^^^^^^^^^^^{_stamp(at)}"
    else:
        (code, title), author = _LETTER, document.recipient or Clinician("", "")
        at = document.sent_at or document.at
        number, status, signed = f"{document.query}.{document.letter_revision}", "AU", ""
    fields = {
        1: "1",
        2: f"{code}^{title}",
        3: "TX",
        4: _stamp(at),
        5: _person(author) if answer else "",
        6: _stamp(at),
        9: _person(author) if answer else "",
        10: "" if answer else _person(author),
        12: f"{number}^{_APPLICATION}",
        17: status,
        19: "AV",
        22: signed,
    }
    return "|".join(["TXA", *(fields.get(place, "") for place in range(1, 23))]).rstrip("|")


def _lines(document: QueryDocument) -> list[str]:
    code, title = _ADDENDUM if document.answer else _LETTER
    text = document.answer.addendum if document.answer else document.letter.text
    lines = [line.translate(_ESCAPES) for line in text.splitlines()]
    body = "\\.br\\".join(lines)
    return [f"OBX|1|TX|{code}^{title}||{body}||||||F"]


def _person(person: Clinician) -> str:
    """Return an XCN: id, family name, given names."""
    return f"{_text(person.provider_id)}^{_name(person.name)}"


def _name(name: str) -> str:
    given, _, family = name.rpartition(" ")
    return f"{_text(family)}^{_text(given)}"


def _text(words: str) -> str:
    return " ".join(words.translate(_ESCAPES).split())


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%d%H%M%S+0000")
