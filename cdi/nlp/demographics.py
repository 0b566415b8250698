"""Age and sex of the patient as a note states them."""

from __future__ import annotations

import re

# Notes introduce the patient early; what stands later is more often about somebody else.
_OPENING = 1500
# A pattern that begins with what it consumes skips the rest of a text in C, as one that begins with
# a look-behind or a boundary does not; so these look back behind their first character.
_AGE = re.compile(
    r"(?P<number>\d(?<!\w\d)\d{0,2})[\s-]*"
    r"(?P<unit>years?|yrs?|y|months?|mos?|weeks?|wks?|days?)[\s./-]*(?:old|o\b|/o\b|of age)",
    re.IGNORECASE,
)
# "71M", "71 yo M"; "98.2 F" and "T 101F" are temperatures.
_SHORT_AGE = re.compile(
    r"(?P<number>\d(?<![\d./]\d)\d{0,2})(?:\s?(?:y/?o|yo|YO)\s?[MF]|(?<!9[5-9])(?<!10\d)[MF])\b"
)
_NEWBORN = re.compile(r"newborn(?<!\w.{7}) (?:male|female|infant|baby|boy|girl)\b")
_FEMALE = frozenset({"female", "woman", "lady", "girl", "she", "her", "mrs", "ms"})
_MALE = frozenset({"male", "man", "gentleman", "boy", "he", "his", "him", "mr"})
_SEX = re.compile(
    "[{}]".format("".join(sorted({word[0] for word in _FEMALE | _MALE})))
    + r"(?<!\w.)(?:{})\b".format(
        "|".join(rf"(?<={word[0]}){word[1:]}" for word in sorted(_FEMALE | _MALE))
    )
)
_OLDEST = 120


def read_age(text: str) -> int | None:
    """Return the age in completed years as stated ("a 68-year-old", "71 y/o M", "10-week-old")."""
    opening = text[:_OPENING]
    match = _AGE.search(opening) or _SHORT_AGE.search(opening)
    if match is None:
        return 0 if _NEWBORN.search(opening.lower()) else None
    number = int(match["number"])
    unit = (match.groupdict().get("unit") or "y").lower()
    if unit.startswith("y"):
        return number if number <= _OLDEST else None
    if unit.startswith("m"):
        return number // 12
    return 0 if unit.startswith("d") else number // 52


def read_sex(text: str) -> str | None:
    """Return "female" or "male" by the first word that tells, None if none does."""
    match = _SEX.search(text.lower())
    if match is None:
        return None
    return "female" if match[0] in _FEMALE else "male"
