"""Which lines of a note speak of one problem.

An item is a list item with what is nested under it, a problem line with its bullets, or a
paragraph. "1. CHF", the bullets below it and the sentences behind it are one item; "2. AKI" is
the next.
"""

from __future__ import annotations

from cdi.nlp.loops.compiler import inlined
from cdi.nlp.loops.lines import BULLET, LABEL, NOTHING, NUMBER, PLAIN, Line


@inlined
def begins_item(owner: Line, last: Line, line: Line, after_blank: bool) -> bool:
    """Tell whether a line begins an item.

    Args:
        owner: the line that began the item above; of the style NOTHING where there is none.
        last: the line above.
        line: the line.
        after_blank: whether a blank line is between these.
    """
    if owner.style == NOTHING:
        return True
    deeper = line.indent > owner.indent
    listed = owner.style in (NUMBER, BULLET)
    if after_blank or line.style == NUMBER:
        belongs = deeper and listed
    elif line.style == BULLET:
        if listed:
            belongs = deeper or owner.style != BULLET or owner.mark != line.mark
        else:
            belongs = _names_problem(owner)
    elif line.style == LABEL:
        belongs = listed or (owner.style == PLAIN and _names_problem(owner))
    else:
        belongs = listed or deeper or _continues(owner, last, line)
    return not belongs


@inlined
def introducing(line: Line) -> Line:
    """Return what stands behind a heading on its line as the line that began the heading's item.

    What is said there is an introduction: bullets below are not its own.
    """
    return Line(line.style, line.mark, line.indent, False, line.ended, line.opens, line.lead)


@inlined
def _names_problem(line: Line) -> bool:
    """Tell whether bullets below a line belong to it."""
    return line.style == LABEL or (line.style == PLAIN and line.short and not line.opens)


@inlined
def _continues(owner: Line, last: Line, line: Line) -> bool:
    """Tell whether a plain line goes on with the paragraph of the plain lines above it."""
    if last.opens:
        return True
    if last.style in (NUMBER, BULLET):  # the bullets of the problem above are over
        return False
    if owner.style == LABEL:
        return True
    if line.short:
        return line.ended and not last.short
    return last.ended or last.short
