"""What a reader of HTML can see or hear: text, tooltips, labels, metadata and comments."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import NamedTuple

_SILENT = frozenset({"style", "script"})
_SHOWN_ATTRIBUTES = frozenset(
    {"alt", "aria-label", "content", "href", "placeholder", "src", "title"}
)
_INLINE = frozenset({"a", "b", "em", "i", "q", "span", "strong"})


class Page(NamedTuple):
    """A page as its reader finds it.

    Attributes:
        text: the visible words, blocks and attributes on lines of their own.
        preselected: True if an input is chosen before the reader chose.
    """

    text: str
    preselected: bool


def read_page(html: str) -> Page:
    """Return what a reader of a page finds."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in reader.text().split("\n"))
    return Page("\n".join(filter(None, lines)), reader.preselected)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.preselected = False
        self._lines: list[str] = []
        self._silent = 0

    def text(self) -> str:
        return "".join(self._lines)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        if tag not in _INLINE:
            self._lines.append("\n")
        for name, value in attrs:
            self.preselected |= name in {"checked", "selected"}
            if value and (name in _SHOWN_ATTRIBUTES or name.startswith("data-")):
                self._lines.append(f"\n{value}\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        if tag not in _INLINE:
            self._lines.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._lines.append(data.replace("\n", " "))

    def handle_comment(self, data: str) -> None:
        self._lines.append(f"\n{data}\n")
