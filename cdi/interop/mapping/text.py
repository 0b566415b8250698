"""The text of a document as feeds carry it: bytes of some character set, plain or HTML.

What comes out is the note's text once and for all: every offset refers to it, and the same bytes
always give the same text.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_CHARSET = re.compile(r"charset=\"?([\w.:-]+)", re.IGNORECASE)
_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "fieldset"),
        *("figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header"),
        *("hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tr", "ul"),
    )
)
_HIDDEN = frozenset(("script", "style", "head", "title", "template"))
_SPACES = re.compile(r"[ \t\r\f\v]+")
_LINE_ENDS = re.compile(r" *\n *")
_GAPS = re.compile(r"\n{3,}")

PLAIN, HTML = "text/plain", "text/html"


class UnreadableText(ValueError):
    """A document cannot be read as text; the message says why and holds nothing of it."""


def document_text(data: bytes | str, content_type: str) -> str:
    """Return the text of a document.

    Args:
        data: its bytes, or text that was decoded already.
        content_type: media type, with or without a charset; empty means plain text.

    Raises:
        UnreadableText: the type is neither plain text nor HTML, or the bytes are no text.
    """
    kind = content_type.partition(";")[0].strip().lower() or PLAIN
    if kind not in (PLAIN, HTML, "application/xhtml+xml"):
        raise UnreadableText("expected text/plain or text/html")
    text = data if isinstance(data, str) else _decode(data, content_type)
    if kind != PLAIN:
        text = _from_html(text)
    return _UNSTORABLE.sub("\ufffd", text)


def _decode(data: bytes, content_type: str) -> str:
    named = _CHARSET.search(content_type)
    for encoding in (named.group(1) if named else "utf-8-sig", "utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    raise UnreadableText("neither UTF-8 nor Windows-1252 text")


def _from_html(markup: str) -> str:
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    text = _LINE_ENDS.sub("\n", _SPACES.sub(" ", "".join(reader.pieces)))
    text = text.replace(_KEPT_LINE, "\n").replace(_KEPT_SPACE, " ")
    return _GAPS.sub("\n\n", text).strip()


# Stand-ins for what preformatted text keeps, chosen from the private use area.
_KEPT_LINE, _KEPT_SPACE = "\ue000", "\ue001"


class _Reader(HTMLParser):
    """Collects the visible text; each block begins a line, cells are a tab apart."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._hidden = 0
        self._preformatted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag == "pre":
            self._preformatted += 1
        if tag in _BLOCKS:
            self.pieces.append("\n")
        if tag == "li":
            self.pieces.append("- ")
        elif tag in ("td", "th"):
            self.pieces.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag == "pre":
            self._preformatted = max(0, self._preformatted - 1)
        if tag in _BLOCKS and tag != "br":
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        if self._preformatted:
            self.pieces.append(data.replace("\n", _KEPT_LINE).replace(" ", _KEPT_SPACE))
        else:
            self.pieces.append(data.replace("\n", " "))
