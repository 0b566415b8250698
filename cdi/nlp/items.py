"""Which lines of a note speak of one problem.

An item is a list item with what is nested under it, a problem line with its bullets, or a
paragraph. "1. CHF", the bullets below it and the sentences behind it are one item; "2. AKI" is
the next.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_LEAD = re.compile(
    r"(?P<indent>[ \t]*)"
    r"(?:(?P<number>\d{1,2} ?[.)](?!\d)|\(\d{1,2}\)|#+ ?\d*[.):]?(?=[ \tA-Za-z]))"
    r"|(?P<bullet>[\u2022\u00b7\u25cf\u25aa\u25e6\u2023]|[-*\u2013\u2014>](?=[ \tA-Za-z])"
    r"|[A-Za-z]\)(?=[ \t])|[a-z]\.(?=[ \t]))"
    r"|(?P<label>[A-Z][^\s:.]*(?: [^\s:.]+){0,3}:(?=\s|\Z)))?"
)
_SHORT = 60  # code points of a line that names a problem rather than tells of it
_FEW_WORDS = 8
_TAB = 8  # columns
_STOPS = frozenset(".!?")

NUMBER, BULLET, LABEL, PLAIN = "number", "bullet", "label", "plain"


class Line(NamedTuple):
    """A line, or what stands behind a heading on its line.

    Attributes:
        style: number, bullet, label ("Lungs: clear") or plain.
        mark: what makes two bullets alike; the number of a numbered line.
        indent: columns before it.
        short: it is short enough to name a problem.
        ended: it ends with a full stop or the like.
        opens: it ends with a colon.
        lead: offset in the line behind number or bullet.
    """

    style: str
    mark: str
    indent: int
    short: bool
    ended: bool
    opens: bool
    lead: int

    @property
    def names_problem(self) -> bool:
        """Whether bullets below it belong to it."""
        return self.style == LABEL or (self.style == PLAIN and self.short and not self.opens)


def read_line(line: str) -> Line:
    """Return how a line begins and ends."""
    lead = _LEAD.match(line)
    assert lead is not None  # all its parts may be absent
    content = line.rstrip()
    indent, kind, last = lead[1], lead.lastgroup, content[-1:]
    style, mark, width = PLAIN, "", len(indent)
    end = width
    if kind == LABEL:
        style = LABEL
    elif kind is not None and kind != "indent":
        style, mark, end = kind, lead[kind], lead.end()
        if kind == BULLET and mark[0].isalpha():
            mark = mark[1]  # "a)" and "b)" are alike
    short = len(content) <= _SHORT and content.count(" ") <= _FEW_WORDS + width
    columns = width + (_TAB - 1) * indent.count("\t") if width else 0
    return Line(style, mark, columns, short, last in _STOPS, last == ":", end)


class Items:
    """Tells for line after line of a section whether it begins an item."""

    def __init__(self) -> None:
        self._owner: Line | None = None
        self._last: Line | None = None

    def follow_heading(self, line: Line) -> None:
        """Note what stands behind the heading on its line; its item is the heading's."""
        # What is said on the heading's line is an introduction: bullets below are not its own.
        self._owner = self._last = Line(*line[:3], False, *line[4:])

    def begins(self, line: Line, after_blank: bool) -> bool:
        """Tell whether a line begins an item, and take it as the last one."""
        new = self._owner is None or not self._belongs(self._owner, line, after_blank)
        if new:
            self._owner = line
        self._last = line
        return new

    def _belongs(self, owner: Line, line: Line, after_blank: bool) -> bool:
        deeper = line.indent > owner.indent
        listed = owner.style in (NUMBER, BULLET)
        if after_blank or line.style == NUMBER:
            return deeper and listed
        if line.style == BULLET:
            if listed:
                return deeper or (owner.style, owner.mark) != (BULLET, line.mark)
            return owner.names_problem
        if line.style == LABEL:
            return listed or (owner.style == PLAIN and owner.names_problem)
        return listed or deeper or self._continues(owner, line)

    def _continues(self, owner: Line, line: Line) -> bool:
        """Tell whether a plain line goes on with the paragraph of the plain lines above it."""
        last = self._last
        if last is None or last.opens:
            return True
        if last.style in (NUMBER, BULLET):  # the bullets of the problem above are over
            return False
        if owner.style == LABEL:
            return True
        if line.short:
            return line.ended and not last.short
        return last.ended or last.short
