"""Numbers as notes write them: "2.1", "11,700", ".5", and dictated ones ("two point one")."""

from __future__ import annotations

import re

_DIGITS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
)  # fmt: skip
_TEENS = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
    "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORDS = {
    **{word: value for value, word in enumerate(_DIGITS + _TEENS)},
    **{word: 10 * value for value, word in enumerate(_TENS, start=2)},
}
_SCALES = {"hundred": 100, "thousand": 1000}

_DIGIT = "|".join(_DIGITS)
_WORD = "|".join(sorted((*_WORDS, *_SCALES), key=len, reverse=True))

# No leading zeros: "0500" is a time of day. "2,1" is no number; "11,700" is.
WRITTEN = (
    r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?"
    r"|(?:0|[1-9][0-9]{0,6})(?:\.[0-9]{1,4})?|\.[0-9]{1,4})(?![0-9])"
)
SPOKEN = (
    rf"(?:{_WORD})\b(?:[\s-]+(?:and\s+)?(?:{_WORD})\b){{0,6}}"
    rf"(?:\s+point(?:\s+(?:{_DIGIT}|oh)\b){{1,3}})?"
)

_TOKENS = re.compile(r"[a-z]+")


def to_number(text: str) -> float | None:
    """Return the number that ``WRITTEN`` or ``SPOKEN`` matched; None if the words make none."""
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return _spoken(text)


def is_spoken(text: str) -> bool:
    """Tell words from digits."""
    return text[:1].isalpha()


def _spoken(text: str) -> float | None:
    whole, _, decimals = text.casefold().partition("point")
    total = group = 0
    last = 1000
    for word in _TOKENS.findall(whole):
        if word == "and":
            continue
        if word in _SCALES:
            group = max(group, 1) * _SCALES[word]
            if word == "thousand":
                total, group = total + group, 0
            last = 1000
        else:
            value = _WORDS[word]
            # "twenty five" is one number, "five two" and "twenty thirty" are not.
            if last != 1000 and not (last >= 20 and value < 10):
                return None
            group, last = group + value, value
    digits = "".join(str(_WORDS.get(d, 0)) for d in _TOKENS.findall(decimals))
    return float(f"{total + group}.{digits or 0}")
