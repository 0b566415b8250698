"""What the resources have in common: references, codes, names, times."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

LOINC = "http://loinc.org"
ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
NUCC = "http://nucc.org/provider-taxonomy"
_YEARS = range(1900, 2200)

Resource = Any
"""A validated resource or a part of one; the classes of fhir.resources are not typed usefully."""


def clock_time(value: Any) -> datetime | None:
    """Return a time to the second with its offset; None for a bare day, month or year.

    A bare day would put a value before all others of that day. Years that no patient can have are
    no times either.
    """
    if isinstance(value, datetime) and value.tzinfo is not None and value.year in _YEARS:
        return value
    return None


def period(value: Resource | None) -> tuple[datetime | None, datetime | None]:
    """Return start and end of a Period."""
    if value is None:
        return None, None
    return clock_time(value.start), clock_time(value.end)


def codes(concept: Resource | None, system: str | None = None) -> tuple[str, ...]:
    """Return the codes of a CodeableConcept, of one code system or of all."""
    if concept is None:
        return ()
    return tuple(
        coding.code
        for coding in concept.coding or ()
        if coding.code and (system is None or coding.system == system)
    )


def label(concept: Resource | None) -> str:
    """Return the words of a CodeableConcept: its text, else a display, else a code."""
    if concept is None:
        return ""
    if concept.text:
        return str(concept.text).strip()
    displays = (coding.display for coding in concept.coding or () if coding.display)
    return str(next(displays, next(iter(codes(concept)), ""))).strip()


def labels(concepts: list[Resource] | None) -> tuple[str, ...]:
    """Return the words of each CodeableConcept that has any."""
    return tuple(words for concept in concepts or () if (words := label(concept)))


def full_name(names: list[Resource] | None) -> str:
    """Return a person's first name that is written out ("Ada Byron")."""
    for name in names or ():
        parts = [*(name.given or ()), name.family]
        text = " ".join(part for part in parts if part) or name.text
        if text:
            return str(text)
    return ""


def references(value: Resource | list[Resource] | None) -> Iterator[str]:
    """Yield the literal references of one Reference or several."""
    for item in value if isinstance(value, list) else [value]:
        if item is not None and item.reference:
            yield str(item.reference)
