"""Sentences with their mentions marked, such as ``No <absent>fever</absent>``."""

from __future__ import annotations

import re
from typing import NamedTuple

_TAG = re.compile(r"<(/?)(\w+)>")


class MarkedSpan(NamedTuple):
    """A span of the text with the name of its tag."""

    start: int
    end: int
    tag: str


def read_marked(marked: str) -> tuple[str, tuple[MarkedSpan, ...]]:
    """Return a text without its tags, and the spans they marked.

    Raises:
        ValueError: a tag is not closed, or closes what was not opened.
    """
    parts: list[str] = []
    spans: list[MarkedSpan] = []
    opened: tuple[int, str] | None = None
    length = at = 0
    for tag in _TAG.finditer(marked):
        parts.append(marked[at : tag.start()])
        length += tag.start() - at
        at = tag.end()
        closes, name = tag.groups()
        if not closes and opened is None:
            opened = length, name
        elif closes and opened is not None and opened[1] == name:
            spans.append(MarkedSpan(opened[0], length, name))
            opened = None
        else:
            raise ValueError(f"unexpected `{tag.group()}` in `{marked}`")
    if opened is not None:
        raise ValueError(f"`<{opened[1]}>` is not closed in `{marked}`")
    parts.append(marked[at:])
    return "".join(parts), tuple(spans)
