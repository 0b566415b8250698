"""The lines of a note."""

from __future__ import annotations

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
