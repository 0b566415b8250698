"""Characters that count as one in phrases: case, hyphens, apostrophes, white space."""

from __future__ import annotations

import re
from functools import lru_cache

from cdi.nlp.loops.folds import FoldTable

_RUNS = re.compile(r"  +")


class _Folds(dict[int, str]):
    """Folded characters by code point, each worked out when it is first asked for."""

    def __missing__(self, code: int) -> str:
        lower = chr(code).lower()
        folded = lower if len(lower) == 1 else chr(code)  # a few capitals ("İ") grow when lowered
        self[code] = folded
        return folded


# Lone surrogates cannot be encoded; what looks like a blank, hyphen or apostrophe is one.
_FOLDS = _Folds(dict.fromkeys(range(0xD800, 0xE000), "\ufffd"))
_FOLDS |= {ord(c): " " for c in "\n-\t\r"}
_FOLDS |= {ord(c): " " for c in "\u00a0\u2010\u2011\u2012\u2013\u2014\u2028\u2029\u202f\u3000"}
_FOLDS |= {ord(c): "'" for c in "\u2018\u2019\u02bc"}
_ASCII_FOLDS = "".join(_FOLDS[code] for code in range(128)).encode().ljust(256)

FOLDS = FoldTable(_FOLDS.__getitem__)
"""One code point for one code point, as the loops take them."""


def lower_case(text: str) -> str:
    """Return a text in lower case with every character in its place."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


@lru_cache(maxsize=1 << 17)
def fold_pattern(pattern: str) -> str:
    """Return a phrase as it is looked for: folded, runs of white space as one blank."""
    if pattern.isascii():  # six times as fast
        folded = pattern.encode().translate(_ASCII_FOLDS).decode()
    else:
        folded = pattern.translate(_FOLDS)
    return (_RUNS.sub(" ", folded) if "  " in folded else folded).strip()
