"""Widening a span of evidence to the clause it stands in, so that a reader understands it."""

from __future__ import annotations

import re

from cdi.domain.finding import NoteSpan

# About one and a half lines of a phone screen.
LONGEST = 120

# A sentence ends at a full stop before a capital, number or quote, but not after a title or a
# list number. A line ends it unless the next goes on in lower case, or it is so long that it was
# wrapped, as dictation in capitals is. A blank line, list item or heading always ends it.
_SENTENCE_END = re.compile(
    r"(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bvs)(?<!\bNo)[.!?](?=\s+[A-Z0-9\"'(])"
    r"|[.!?](?=\s*\Z)|;(?=\s)"
    r"|(?<![^\n]{55})\n(?!\s*[a-z])"
    r"|\n(?=[^\S\n]*(?:\n|[-*•·#]|\d{1,2}[.)]|[A-Z][\w /&]{1,30}:|\Z))"
)
_CLAUSE_END = re.compile(rf"{_SENTENCE_END.pattern}|,(?=\s)|\n")
_MARGIN = re.compile(r"[\s\-*•·,;:.]*(?:\d{1,2}[.)]\s+)?")


def widen(span: NoteSpan, text: str) -> NoteSpan:
    """Return the span of the sentence or line around ``span``, or the span itself if too long.

    What is returned lies in ``text``, holds ``span``, and starts and ends with no white space
    unless ``span`` does. A sentence of more than :data:`LONGEST` characters gives way to the
    part between commas.
    """
    for end in (_SENTENCE_END, _CLAUSE_END):
        start, stop = _bounds(span, text, end)
        if stop - start <= LONGEST:
            return NoteSpan(span.note_id, start, stop)
    return span


def _bounds(span: NoteSpan, text: str, end: re.Pattern[str]) -> tuple[int, int]:
    """Return where the text between two boundaries around the span starts and stops."""
    low, high = max(0, span.start - LONGEST - 1), min(len(text), span.end + LONGEST + 1)
    start, stop = low, high
    for match in end.finditer(text, low, high):
        if match.end() <= span.start:
            start = match.end()
        elif match.start() >= span.end:
            stop = match.start()
            break
    margin = _MARGIN.match(text, start, span.start)
    start = margin.end() if margin else start
    stop = span.end + len(text[span.end : stop].rstrip())
    return start, stop
