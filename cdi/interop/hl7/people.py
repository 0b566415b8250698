"""Persons as HL7 v2 carries them (data types XCN and XPN)."""

from __future__ import annotations

from cdi.interop.hl7.message import Components, Segment
from cdi.interop.mapping import Author


def author(segment: Segment, *numbers: int) -> Author:
    """Return the person in the first of some XCN fields that names one."""
    for number in numbers:
        for part in segment.repetitions(number):
            if part[1] or part[2]:
                # Suffix and degree are all that a feed says of the profession.
                words = tuple(word for word in (part[7], part[5]) if word)
                return Author(part[1], _name(part, 2), words)
    return Author()


def ids(segment: Segment, number: int) -> set[str]:
    """Return the ids of all persons in an XCN field."""
    return {part[1] for part in segment.repetitions(number) if part[1]}


def patient_name(segment: Segment) -> str:
    """Return the name in PID-5."""
    return next((_name(part, 1) for part in segment.repetitions(5)), "")


def _name(part: Components, family: int) -> str:
    return " ".join(word for word in (part[family + 1], part[family]) if word)
