"""The lines of a note."""

from __future__ import annotations

_NARROWEST, _WIDEST = 50, 120  # columns of a hard-wrapped note
_RAGGED = 15  # columns by which its lines may fall short
_FEWEST_FULL = 3  # lines

_ODD_BREAKS = ("\x0b", "\x0c", "\x85", "\u2028", "\u2029")
_TO_LINE_FEED = str.maketrans(dict.fromkeys((*_ODD_BREAKS, "\r"), "\n"))


def unify_breaks(text: str) -> str:
    """Return the text with every line break a line feed, code point for code point.

    The carriage return of a pair becomes a blank, so that offsets stay those of ``text``.
    """
    if "\r" in text:
        text = text.replace("\r\n", " \n").translate(_TO_LINE_FEED)
    elif any(mark in text for mark in _ODD_BREAKS):
        text = text.translate(_TO_LINE_FEED)
    return text


def wrap_width(text: str) -> int:
    """Return the width in columns at which a note is hard-wrapped, 0 if it is not."""
    lengths = [len(line) for line in text.split("\n")]
    width = max(lengths)
    if not _NARROWEST <= width <= _WIDEST:
        return 0
    full = sum(length > width - _RAGGED for length in lengths)
    return width if full >= _FEWEST_FULL else 0
