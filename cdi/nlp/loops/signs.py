"""Reading code points one by one within bounds, and the signs that lines and sentences turn on."""

from __future__ import annotations

from cdi.nlp.loops.compiler import inlined
from cdi.nlp.loops.kinds import Codes, Kinds

TAB, LINE_FEED, SPACE = 0x09, 0x0A, 0x20
STOP, COMMA, COLON, HASH = 0x2E, 0x2C, 0x3A, 0x23
HYPHEN, SLASH, UNDERSCORE = 0x2D, 0x2F, 0x5F
ROUND, ROUND_END, QUOTE = 0x28, 0x29, 0x22
QUESTION, EXCLAMATION = 0x3F, 0x21
_ZERO, _NINE = 0x30, 0x39
_CAPITAL_A, _CAPITAL_Z, _SMALL_A, _SMALL_Z = 0x41, 0x5A, 0x61, 0x7A


@inlined
def code_at(codes: Codes, at: int, end: int) -> int:
    """Return a code point, -1 from the end on."""
    if at < end:
        code: int = codes[at]
        return code
    return -1


@inlined
def kind_at(kinds: Kinds, at: int, end: int) -> int:
    """Return the kind of a code point, 0 from the end on."""
    if at < end:
        kind: int = kinds[at]
        return kind
    return 0


@inlined
def any_kinds(kinds: Kinds, start: int, end: int) -> int:
    """Return the bits that any code point of a stretch has."""
    bits = 0
    for at in range(start, end):
        bits |= kinds[at]
    return bits


@inlined
def all_kinds(kinds: Kinds, start: int, end: int) -> int:
    """Return the bits that all code points of a stretch have."""
    bits = -1
    for at in range(start, end):
        bits &= kinds[at]
    return bits


@inlined
def is_one_of(code: int, signs: Codes) -> bool:
    """Tell whether a code point is one of some signs."""
    for sign in signs:  # noqa: SIM110
        if code == sign:
            return True
    return False


@inlined
def is_capital(code: int) -> bool:
    """Tell whether a code point is one of A to Z."""
    return _CAPITAL_A <= code <= _CAPITAL_Z


@inlined
def is_small(code: int) -> bool:
    """Tell whether a code point is one of a to z."""
    return _SMALL_A <= code <= _SMALL_Z


@inlined
def is_digit(code: int) -> bool:
    """Tell whether a code point is one of 0 to 9."""
    return _ZERO <= code <= _NINE


@inlined
def is_stop(code: int) -> bool:
    """Tell whether a code point is a full stop, question or exclamation mark."""
    # Most are letters and blanks, and fail at the first comparison.
    return EXCLAMATION <= code <= QUESTION and code in (STOP, QUESTION, EXCLAMATION)
